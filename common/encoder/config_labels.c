#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "core/number.h"
#include "core/xalloc.h"
#include "encoder/config.h"
#include "weights/json.h"

/* Classes of one network with different heads; others are not supported. */
static const struct {
	const char *end;
	bool classifies;
} architectures[] = {
	{ "Model", false },
	{ "ForPreTraining", false },
	{ "ForCTC", false },
	{ "ForSequenceClassification", true },
	{ "ForSpeechClassification", true }, /* audEERING and others */
	{ "ForAudioClassification", true }, /* Whisper */
	{ "ForConditionalGeneration", false },
};

/* Names of dimensions, whatever problem_type is. */
static const char *const dimensions[] = {
	"arousal", "activation", "dominance", "valence"
};

enum {
	ARCHITECTURES = sizeof architectures / sizeof architectures[0],
	DIMENSIONS = sizeof dimensions / sizeof dimensions[0],
	LABEL_SIZE_MAX = 255
};

char *
encoder_architecture_read(struct encoder_config *c, const struct json *config)
{
	const char *name =
		json_text(json_first(json_given(config, "architectures")));
	const char *begin = encoder_family_class(c->family);
	size_t length = strlen(begin);

	/* audEERING's class, whose network is known by its tensors */
	if (name && strcmp(name, "EmotionModel") == 0) {
		c->head = ENCODER_HEAD_PROJECTOR;
		return NULL;
	}
	for (size_t i = 0; name && i < ARCHITECTURES; i++) {
		if (strncmp(name, begin, length) != 0 ||
		    strcmp(name + length, architectures[i].end) != 0)
			continue;
		c->head = architectures[i].classifies ? ENCODER_HEAD_PROJECTOR
		                                      : ENCODER_HEAD_NONE;
		return NULL;
	}
	return !name ? NULL
		: xasprintf("architecture %s is not supported: only %sModel, "
		            "...ForPreTraining, ...ForCTC, "
		            "...ForConditionalGeneration, "
		            "...ForSequence-, ...ForSpeech- and "
		            "...ForAudioClassification, and EmotionModel",
		            name, begin);
}

/* Refuses names that would break a table, or that occur twice. */
static char *
label_check(const struct encoder_config *c, size_t k)
{
	const char *label = c->label[k];

	if (!*label || strlen(label) > LABEL_SIZE_MAX)
		return xasprintf("id2label: class %zu: want a name of 1..%d "
		                 "bytes", k, LABEL_SIZE_MAX);
	/* U+0080 to U+009F are control characters, too */
	for (const unsigned char *p = (const unsigned char *)label; *p; p++)
		if (*p < ' ' || *p == 0x7f || (*p == 0xc2 && p[1] < 0xa0))
			return xasprintf("id2label: class %zu: a tab, a "
			                 "newline or the like in its name", k);
	for (size_t i = 0; i < c->labels; i++)
		if (i != k && c->label[i] && strcmp(c->label[i], label) == 0)
			return xasprintf("id2label: two classes %s", label);
	return NULL;
}

static char *
label_read(struct encoder_config *c, const struct json *member)
{
	const char *key = json_key(member), *text = json_text(member);
	long k;

	if (!number_integer(key, &k) || k < 0 || (size_t)k >= c->labels ||
	    c->label[k])
		return xasprintf("id2label: key %s: want each of 0..%zu once",
		                 key, c->labels - 1);
	if (!text)
		return xasprintf("id2label: class %ld: not a text", k);
	c->label[k] = xstrdup(text);
	return label_check(c, (size_t)k);
}

/* Without names: those of transformers. */
static char *
labels_number(struct encoder_config *c, const struct json *config)
{
	const struct json *count = json_given(config, "num_labels");

	c->labels = 2;
	if (count && (!json_count(count, &c->labels) || c->labels < 1 ||
	              c->labels > ENCODER_LABELS_MAX)) {
		c->labels = 0;
		return xasprintf("num_labels: want a whole number in 1..%d",
		                 ENCODER_LABELS_MAX);
	}
	c->label = xcalloc(c->labels, sizeof *c->label);
	for (size_t k = 0; k < c->labels; k++)
		c->label[k] = xasprintf("LABEL_%zu", k);
	return NULL;
}

bool
encoder_labels_dimensions(const struct encoder_config *c)
{
	for (size_t k = 0; k < c->labels; k++) {
		bool one = false;

		for (size_t i = 0; i < DIMENSIONS; i++)
			one |= strcasecmp(c->label[k], dimensions[i]) == 0;
		if (!one)
			return false;
	}
	return true;
}

static char *
problem_read(struct encoder_config *c, const struct json *config)
{
	const char *type = json_text(json_given(config, "problem_type"));

	if (type && strcmp(type, "multi_label_classification") == 0)
		return xstrdup("problem_type multi_label_classification "
		               "(classes that go together) is not supported");
	c->regression = (type && strcmp(type, "regression") == 0) ||
	                encoder_labels_dimensions(c);
	return NULL;
}

char *
encoder_labels_read(struct encoder_config *c, const struct json *config)
{
	const struct json *map = json_given(config, "id2label");
	size_t n = json_length(map);
	char *why = NULL;

	if (!map) {
		why = labels_number(c, config);
		return why ? why : problem_read(c, config);
	}
	if (json_kind(map) != JSON_OBJECT || n < 1 || n > ENCODER_LABELS_MAX)
		return xasprintf("id2label: want an object of 1..%d names",
		                 ENCODER_LABELS_MAX);
	c->labels = n;
	c->label = xcalloc(n, sizeof *c->label);
	for (map = json_first(map); map && !why; map = json_next(map))
		why = label_read(c, map);
	return why ? why : problem_read(c, config);
}
