/*
 * vector.h - one source, several vector widths, chosen when the program starts
 *
 * VECTORISED before a function with plain loops makes the compiler build it
 * for AVX-512, AVX2 and the baseline; the dynamic linker picks one by the
 * processor's feature bits.  Elsewhere than x86-64 Linux it means nothing.
 */
#ifndef VECTOR_H
#define VECTOR_H

#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__clang__)
#define VECTORISED \
	__attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define VECTORISED
#endif

/*
 * Sixteen floats, wherever they lie, to compute with as with one.  For loops
 * whose sums must stay in registers, where the compiler needs to be told.
 */
enum { FLOATS = 16 };
typedef float floats __attribute__((vector_size(4 * FLOATS), aligned(4),
                                    may_alias));

#endif
