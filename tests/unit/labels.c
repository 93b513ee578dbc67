/* labels.h and utf8.h: words for emotions, and bytes for words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "core/utf8.h"
#include "corpus/labels.h"

static void
becomes(const char *word, const char *label)
{
	char *got = label_canonical(word);

	assert_string_equal(got, label);
	free(got);
}

static void
common_spellings_become_one_label(void **state)
{
	(void)state;
	becomes("ang", "anger");
	becomes("Angry", "anger");
	becomes("ANGER", "anger");
	becomes("HAP", "happiness");
	becomes("exc", "happiness");
	becomes("Excited", "happiness");
	becomes("neu", "neutral");
	becomes("sad", "sadness");
	becomes("happiness", "happiness");
}

static void
words_of_other_languages_are_known_in_capitals_too(void **state)
{
	(void)state;
	becomes("Wut", "anger");
	becomes("ärger", "anger");
	becomes("ÄRGER", "anger");
	becomes("COLÈRE", "anger");
	becomes("rabbia", "anger");
	becomes("Freude", "happiness");
	becomes("gioia", "happiness");
	becomes("radość", "happiness");
	becomes("RADOŚĆ", "happiness");
	becomes("ZŁOŚĆ", "anger");
	becomes("SZCZĘŚCIE", "happiness");
	becomes("ilo", "happiness");
	becomes("neutro", "neutral");
	becomes("Trauer", "sadness");
	becomes("smutek", "sadness");
	becomes("suru", "sadness");
}

static void
other_words_are_kept_in_lower_case(void **state)
{
	(void)state;
	becomes("Fear", "fear");
	becomes("calm", "calm");
	becomes("frustrated", "frustrated");
	becomes("ÉTONNÉ×", "étonné×");
	becomes("STRACH-Ż", "strach-ż");
	becomes("ĀĐĶĹŇŊŸŽȘȚ", "āđķĺňŋÿžșț");
	becomes("İıĸŉ", "İıĸŉ");
	becomes("ΦΌΒΟΣ ΉΩΎΏΪ", "φόβοσ ήωύώϊ");
	becomes("Злость ЁЖЯЇЏ", "злость ёжяїџ");
	becomes("恐れ ẞ", "恐れ ẞ");
	becomes("", "");
}

static void
a_piece_of_a_word_or_several_words_are_no_word(void **state)
{
	(void)state;
	becomes("an", "an");
	becomes("ger", "ger");
	becomes("sa", "sa");
	becomes("ang angry", "ang angry");
	becomes(" ang", " ang");
	becomes(" ", " ");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(common_spellings_become_one_label),
		cmocka_unit_test(
			words_of_other_languages_are_known_in_capitals_too),
		cmocka_unit_test(other_words_are_kept_in_lower_case),
		cmocka_unit_test(
			a_piece_of_a_word_or_several_words_are_no_word),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
