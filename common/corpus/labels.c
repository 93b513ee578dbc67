#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/xalloc.h"
#include "corpus/labels.h"

/*
 * Codes of IEMOCAP, CREMA-D and EMOVO, then words in English, German, Italian,
 * French, Polish, Finnish, Estonian and Spanish.  "calm" is not mapped to
 * "neutral", nor "disgust" to "anger": some corpora have both.
 */
static const struct {
	const char *label;
	const char *words; /* with a blank before and after each */
} table[] = {
	{ "anger", " ang angry anger wut ärger aerger zorn rab rabbia colère "
	           "colere złość zlosc viha vihainen enfado ira " },
	{ "happiness", " hap happy happiness exc excited excitement joy joyful "
	               "freude glück glueck gio gioia felicità felicita joie "
	               "radość radosc szczęście szczescie ilo iloinen rõõm "
	               "alegría alegria felicidad " },
	{ "neutral", " neu neutral neutrality neutro neutrale neutre neutralny "
	             "neutralność neutralnosc neutraali neutraalne " },
	{ "sadness", " sad sadness trauer traurigkeit tri tristezza tristesse "
	             "smutek suru surullinen kurbus tristeza " },
};

/*
 * The lower case of a capital of a European language, else c (Unicode Character
 * Database, simple lower case mappings).  İ, which becomes two characters, is
 * kept.
 */
static unsigned
small(unsigned c)
{
	static const struct { unsigned first, last, step, add; } capitals[] = {
		{ 'A', 'Z', 1, 32 }, { 0xc0, 0xd6, 1, 32 },
		{ 0xd8, 0xde, 1, 32 }, { 0x100, 0x12e, 2, 1 },
		{ 0x132, 0x136, 2, 1 }, { 0x139, 0x147, 2, 1 },
		{ 0x14a, 0x176, 2, 1 }, { 0x178, 0x178, 1, -121u },
		{ 0x179, 0x17d, 2, 1 }, { 0x218, 0x21a, 2, 1 },
		{ 0x386, 0x386, 1, 38 }, { 0x388, 0x38a, 1, 37 },
		{ 0x38c, 0x38c, 1, 64 }, { 0x38e, 0x38f, 1, 63 },
		{ 0x391, 0x3a1, 1, 32 }, { 0x3a3, 0x3ab, 1, 32 },
		{ 0x400, 0x40f, 1, 80 }, { 0x410, 0x42f, 1, 32 },
	};

	for (size_t i = 0; i < sizeof capitals / sizeof capitals[0]; i++)
		if (c >= capitals[i].first && c <= capitals[i].last &&
		    (c - capitals[i].first) % capitals[i].step == 0)
			return c + capitals[i].add;
	return c;
}

/* Case does not change the length in UTF-8: one or two bytes. */
static void
lower(char *text)
{
	for (unsigned char *p = (unsigned char *)text; *p; p++) {
		unsigned c;

		if (*p < 0x80) {
			*p = (unsigned char)small(*p);
		} else if (*p >= 0xc2 && *p < 0xe0 && (p[1] & 0xc0) == 0x80) {
			c = small((*p & 0x1fu) << 6 | (p[1] & 0x3fu));
			*p++ = (unsigned char)(0xc0 | c >> 6);
			*p = (unsigned char)(0x80 | (c & 0x3f));
		}
	}
}

/* The label that a word in lower case stands for, or NULL. */
static const char *
label_find(const char *word)
{
	size_t length = strlen(word);

	for (size_t i = 0; i < sizeof table / sizeof table[0]; i++) {
		const char *at = table[i].words;

		while ((at = strstr(at, word))) {
			if (at[-1] == ' ' && at[length] == ' ')
				return table[i].label;
			at += length;
		}
	}
	return NULL;
}

char *
label_canonical(const char *text)
{
	char *word = xstrdup(text), *label;
	const char *found;

	lower(word);
	found = *word && !strchr(word, ' ') ? label_find(word) : NULL;
	if (!found)
		return word;
	label = xstrdup(found);
	free(word);
	return label;
}

void
label_doubt(const char *class)
{
	char *label = label_canonical(class);

	if (strcmp(label, class) != 0)
		warn("class '%s': wavread maps labels of this spelling to "
		     "'%s' (rename the class)", class, label);
	free(label);
}
