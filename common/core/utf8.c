#include <string.h>

#include "core/utf8.h"

size_t
utf8_length(const char *text, size_t size)
{
	const unsigned char *s = (const unsigned char *)text;
	size_t length = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2
	              : s[0] < 0xf0 ? 3 : s[0] < 0xf5 ? 4 : 0;

	if (length == 0 || length > size)
		return 0;
	for (size_t i = 1; i < length; i++)
		if ((s[i] & 0xc0) != 0x80)
			return 0;
	/* longer forms of shorter ones, surrogates, past U+10FFFF */
	if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) ||
	    (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
		return 0;
	return length;
}

bool
utf8_valid(const char *text)
{
	size_t left = strlen(text), n = 1;

	for (; left > 0 && n > 0; text += n, left -= n)
		n = utf8_length(text, left);
	return n > 0;
}

void
utf8_repair(char *text)
{
	size_t left = strlen(text);

	while (left > 0) {
		size_t n = utf8_length(text, left);

		if (n == 0) {
			*text = '?';
			n = 1;
		}
		text += n;
		left -= n;
	}
}

size_t
utf8_control(const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	if (s[0] == 0xc2 && s[1] >= 0x80 && s[1] < 0xa0)
		return 2;
	return (s[0] > 0 && s[0] < 0x20) || s[0] == 0x7f;
}

void
utf8_tame(char *text)
{
	while (*text) {
		size_t n = utf8_control(text);

		if (*text != '\t')
			memset(text, '?', n);
		text += n ? n : 1;
	}
}

size_t
utf8_put(FILE *fp, const char *text, size_t size)
{
	size_t length = utf8_length(text, size);
	const unsigned char *s = (const unsigned char *)text;

	if (length == 0)
		fputs("\\ufffd", fp);
	else if (*s == '\n')
		fputs("\\n", fp);
	else if (*s == '\t')
		fputs("\\t", fp);
	else if (*s == 0 || utf8_control(text))
		fprintf(fp, "\\u%04x", s[length - 1]);
	else
		fwrite(text, 1, length, fp);
	return length ? length : 1;
}

void
utf8_print(FILE *fp, const char *text, size_t width)
{
	size_t size = strlen(text);

	for (size_t i = 0; i < size;)
		i += utf8_put(fp, text + i, size - i);
	if (size < width)
		fprintf(fp, "%*s", (int)(width - size), "");
}
