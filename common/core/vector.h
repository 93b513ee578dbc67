/*
 * vector.h - compile a function for several vector widths
 *
 * VECTORISED before a function with plain loops makes the compiler build it for
 * AVX-512, AVX2 and the baseline; the dynamic linker chooses one for the
 * processor.  On other systems than x86-64 Linux it has no effect.
 */
#pragma once

#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__clang__)
#define VECTORISED \
	__attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define VECTORISED
#endif

/*
 * Sixteen floats, at any alignment, with arithmetic as on one.  For loops in
 * which sums must stay in registers.
 */
enum { FLOATS = 16 };
typedef float floats __attribute__((vector_size(4 * FLOATS), aligned(4),
                                    may_alias));
