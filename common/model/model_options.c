#include "core/die.h"
#include "model/model_options.h"

void
model_options_set(struct model *m, float seconds, enum precision precision)
{
	bool usual = seconds >= MODEL_SECONDS && seconds <= MODEL_SECONDS;

	m->seconds = seconds;
	if (!m->network && !usual)
		warn("%s: hears all: --max-seconds is for networks, and this "
		     "is a compact student", m->name);
	if (!m->network && precision == PRECISION_BF16)
		warn("%s: computes in fp32: --precision is for networks, and "
		     "this is a compact student", m->name);
}
