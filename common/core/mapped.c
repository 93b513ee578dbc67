#include <signal.h>
#include <stddef.h>

#include "core/die.h"
#include "core/mapped.h"

static void
tell(int signal)
{
	(void)signal;
	die_in_signal("a model, or its copy in the cache, was cut "
	              "short while it was read");
}

void
mapped_guard(void)
{
	const struct sigaction action = { .sa_handler = tell };

	sigaction(SIGBUS, &action, NULL);
}
