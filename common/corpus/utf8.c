#include <stddef.h>

#include "corpus/utf8.h"

/* Bytes of the character at p, or 0 if it is none. */
static size_t
character(const unsigned char *p)
{
	static const struct { unsigned char low, high, next_low, next_high, n; }
	form[] = { /* RFC 3629, section 4 */
		{ 0x01, 0x7f, 0x00, 0xff, 1 },
		{ 0xc2, 0xdf, 0x80, 0xbf, 2 },
		{ 0xe0, 0xe0, 0xa0, 0xbf, 3 },
		{ 0xe1, 0xec, 0x80, 0xbf, 3 },
		{ 0xed, 0xed, 0x80, 0x9f, 3 },
		{ 0xee, 0xef, 0x80, 0xbf, 3 },
		{ 0xf0, 0xf0, 0x90, 0xbf, 4 },
		{ 0xf1, 0xf3, 0x80, 0xbf, 4 },
		{ 0xf4, 0xf4, 0x80, 0x8f, 4 },
	};

	for (size_t i = 0; i < sizeof form / sizeof form[0]; i++) {
		if (p[0] < form[i].low || p[0] > form[i].high)
			continue;
		if (p[1] < form[i].next_low || p[1] > form[i].next_high)
			return 0;
		for (size_t k = 2; k < form[i].n; k++)
			if ((p[k] & 0xc0) != 0x80)
				return 0;
		return form[i].n;
	}
	return 0;
}

bool
utf8_valid(const char *text)
{
	const unsigned char *p = (const unsigned char *)text;
	size_t n;

	while (*p) {
		n = character(p);
		if (n == 0)
			return false;
		p += n;
	}
	return true;
}

void
utf8_repair(char *text)
{
	unsigned char *p = (unsigned char *)text;

	while (*p) {
		size_t n = character(p);

		if (n == 0) {
			*p = '?';
			n = 1;
		}
		p += n;
	}
}
