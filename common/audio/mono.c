#include "audio/mono.h"

void
mono_take(float *mono, const float *block, size_t frames, size_t channels,
          size_t one)
{
	for (size_t i = 0; i < frames; i++, block += channels) {
		double sum = 0;

		if (one > 0) {
			mono[i] = block[one - 1];
			continue;
		}
		for (size_t c = 0; c < channels; c++)
			sum += (double)block[c];
		mono[i] = (float)(sum / (double)channels);
	}
}
