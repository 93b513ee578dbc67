/*
 * window.h - analysis windows as in Kaldi (src/feat/feature-window.cc)
 *
 * With a = 2 pi i / (n - 1), for i = 0 … n-1:
 *	povey        (0.5 - 0.5 cos a)^0.85
 *	hamming      0.54 - 0.46 cos a
 *	hanning      0.5 - 0.5 cos a
 *	rectangular  1
 */
#ifndef WINDOW_H
#define WINDOW_H

#include <stddef.h>

enum window_shape {
	WINDOW_POVEY, WINDOW_HAMMING, WINDOW_HANNING, WINDOW_RECTANGULAR
};

/* out [n], n at least 2. */
void window_fill(double *out, size_t n, enum window_shape shape);

#endif
