#include <math.h>

#include "audio/mono.h"

/* Says that channels cancel: so much of the power that unlike ones leave. */
#define CANCELLED 1e-3

void
mono_take(float *mono, const float *block, size_t frames, size_t channels,
          size_t one, struct mono_power *power)
{
	for (size_t i = 0; i < frames; i++, block += channels) {
		double sum = 0, squares = 0;

		if (one > 0) {
			mono[i] = block[one - 1];
			continue;
		}
		for (size_t c = 0; c < channels; c++) {
			sum += (double)block[c];
			squares += (double)block[c] * (double)block[c];
		}
		mono[i] = (float)(sum / (double)channels);
		power->mix += sum * sum;
		power->channels += squares;
	}
}

bool
mono_cancels(const struct mono_power *power)
{
	return isfinite(power->mix) &&
	       power->mix < CANCELLED * power->channels;
}
