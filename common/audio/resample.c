#include <soxr.h>
#include <stdlib.h>

#include "audio/resample.h"
#include "core/die.h"
#include "core/xalloc.h"

enum { BLOCK = 1024 };

/*
 * libsoxr asks for the input that the output needs.  It gets all of that except
 * at the end, so that no call waits for more input than necessary.
 */
static size_t
block_give(void *context, soxr_in_t *data, size_t count)
{
	struct resample *r = context;

	*data = r->block;
	return r->input(r->context, r->block, count);
}

void
resample_init(struct resample *r, double from, double to,
              resample_input *input, void *context)
{
	soxr_quality_spec_t quality = soxr_quality_spec(SOXR_HQ, 0);
	soxr_error_t error;

	*r = (struct resample){ .input = input, .context = context };
	if (from == to)
		return;
	r->block = xmalloc(BLOCK, sizeof *r->block);
	r->soxr = soxr_create(from, to, 1, &error, NULL, &quality, NULL);
	if (!error)
		error = soxr_set_input_fn(r->soxr, block_give, r, BLOCK);
	if (error)
		die("resample from %g to %g Hz: %s", from, to, error);
}

/*
 * libsoxr 0.1.3 reads a pointer from the start of its output buffer (and does
 * not use it): a buffer of one sample is too small.
 */
static size_t
output_read(struct resample *r, float *samples, size_t count)
{
	float pair[2] = { 0, 0 };
	size_t n;

	if (count > 1)
		return soxr_output(r->soxr, samples, count);
	n = soxr_output(r->soxr, pair, 1);
	if (n > 0)
		samples[0] = pair[0];
	return n;
}

size_t
resample_read(struct resample *r, float *samples, size_t count)
{
	size_t done = 0, n = 1;

	if (!r->soxr)
		return r->input(r->context, samples, count);
	while (done < count && n > 0) {
		n = output_read(r, samples + done, count - done);
		done += n;
	}
	return done;
}

void
resample_release(struct resample *r)
{
	if (r->soxr)
		soxr_delete(r->soxr);
	free(r->block);
	*r = (struct resample){ .soxr = NULL };
}
