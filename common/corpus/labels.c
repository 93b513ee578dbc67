#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "core/die.h"
#include "core/xalloc.h"
#include "corpus/labels.h"

/*
 * Words for the same thing: codes of IEMOCAP, CREMA-D and EMOVO, then words
 * in English, German, Italian, French, Polish, Finnish, Estonian, Spanish.
 * "calm" is not "neutral", nor "disgust" "anger": corpora that have both tell
 * them apart.
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

/* ASCII, and À to Þ but ×, which UTF-8 writes as c3 80 to c3 9e. */
static void
lower(char *text)
{
	unsigned char *p = (unsigned char *)text;

	for (; *p; p++)
		if (*p >= 'A' && *p <= 'Z')
			*p += 'a' - 'A';
		else if (*p == 0xc3 && p[1] >= 0x80 && p[1] <= 0x9e &&
		         p[1] != 0x97)
			*++p += 0x20;
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
		warn("class '%s': a manifest's label of this spelling is read "
		     "as '%s'", class, label);
	free(label);
}
