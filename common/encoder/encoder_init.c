#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "core/die.h"
#include "core/xalloc.h"
#include "corpus/labels.h"
#include "encoder/encoder_init.h"
#include "encoder/lora.h"
#include "encoder/open.h"
#include "weights/json.h"
#include "weights/training_state.h"

#define TINY "\"hidden_size\":64,\"num_hidden_layers\":2," \
	"\"num_attention_heads\":4,\"intermediate_size\":128," \
	"\"conv_dim\":[32,32,32,32,32,32,32],\"classifier_proj_size\":24," \
	"\"num_conv_pos_embeddings\":16,\"num_conv_pos_embedding_groups\":4," \
	"\"num_buckets\":32,\"max_bucket_distance\":50}"
#define LARGE "\"hidden_size\":1024,\"num_hidden_layers\":24," \
	"\"num_attention_heads\":16,\"intermediate_size\":4096," \
	"\"feat_extract_norm\":\"layer\",\"do_stable_layer_norm\":true"
#define MICRO "\"d_model\":64,\"encoder_layers\":2," \
	"\"encoder_attention_heads\":4,\"encoder_ffn_dim\":128," \
	"\"max_source_positions\":100,\"classifier_proj_size\":24}"
#define BASE "\"d_model\":512,\"encoder_layers\":6," \
	"\"encoder_attention_heads\":8,\"encoder_ffn_dim\":2048}"
#define LARGE_BIAS LARGE ",\"conv_bias\":true}"

const char *const encoder_sizes[] = {
	"w2v2-tiny", "w2v2-base", "w2v2-large",
	"hubert-tiny", "hubert-base", "hubert-large",
	"wavlm-tiny", "wavlm-base", "wavlm-large",
	"whisper-micro", "whisper-tiny", "whisper-base", NULL
};

/* As the published ones; other members have the defaults of transformers. */
static const char *const size_config[] = {
	"{\"model_type\":\"wav2vec2\"," TINY,
	"{\"model_type\":\"wav2vec2\"}",
	"{\"model_type\":\"wav2vec2\"," LARGE_BIAS,
	"{\"model_type\":\"hubert\"," TINY,
	"{\"model_type\":\"hubert\"}",
	"{\"model_type\":\"hubert\"," LARGE_BIAS,
	"{\"model_type\":\"wavlm\"," TINY,
	"{\"model_type\":\"wavlm\"}",
	"{\"model_type\":\"wavlm\"," LARGE "}",
	"{\"model_type\":\"whisper\"," MICRO,
	"{\"model_type\":\"whisper\"}",
	"{\"model_type\":\"whisper\"," BASE
};

/* Tensors of a network, those of the file it comes from or of the new one. */
struct tensors {
	struct encoder_config config;
	struct encoder_weights weights;
	struct params params;
	float *owned;
	float *merged;            /* weights with their adapters; owned */
};

static void
config_named(struct encoder_config *c, const char *size)
{
	const char *refused;
	size_t i = 0;
	struct json *j;
	char *why;

	while (strcmp(encoder_sizes[i], size) != 0)
		i++;
	j = json_parse(size_config[i], strlen(size_config[i]), &refused);
	why = encoder_config_read(c, j);
	if (why)
		die("%s: %s", size, why);
	json_release(j);
	c->normalize = c->family != ENCODER_WHISPER;
	c->attention_mask = c->conv_layer_norm;
}

static void
labels_set(struct encoder_config *c, const struct encoder_wishes *wishes)
{
	c->labels = wishes->class_count;
	c->label = xcalloc(c->labels, sizeof *c->label);
	for (size_t k = 0; k < c->labels; k++) {
		label_doubt(wishes->classes[k]);
		c->label[k] = xstrdup(wishes->classes[k]);
	}
	c->regression = encoder_labels_dimensions(c);
}

static void
labels_check(const struct encoder_directory *d,
             const struct encoder_wishes *wishes)
{
	const struct encoder_config *c = &d->config;
	bool same = wishes->class_count == c->labels;

	if (wishes->class_count == 0)
		return;
	for (size_t k = 0; k < c->labels && same; k++)
		same = strcmp(wishes->classes[k], c->label[k]) == 0;
	if (!same)
		die("%s: its head has other classes than --classes, in order: "
		    "it cannot be kept", d->files.name);
}

static void
tensors_list(struct tensors *t, const struct encoder_spelling *spelling)
{
	encoder_layout(&t->params, &t->weights, &t->config, spelling);
}

static void
tensors_release(struct tensors *t)
{
	params_release(&t->params);
	encoder_weights_release(&t->weights);
	encoder_config_release(&t->config);
	free(t->owned);
	free(t->merged);
}

/* The encoder of from, which has no head: the same places. */
static void
tensors_take(struct tensors *t, const struct tensors *from)
{
	struct encoder_layer *layer = t->weights.layer;

	t->weights = from->weights;
	t->weights.layer = layer;
	memcpy(layer, from->weights.layer, t->config.layers * sizeof *layer);
}

/* Fresh values for all that has no place yet. */
static void
tensors_start(struct tensors *t, unsigned long seed)
{
	struct params fresh = { .param = xcalloc(t->params.count,
	                                         sizeof *fresh.param) };

	for (size_t i = 0; i < t->params.count; i++) {
		struct param p = t->params.param[i];

		if (*p.slot)
			continue;
		p.offset = fresh.length;
		fresh.length += p.length;
		fresh.param[fresh.count++] = p;
	}
	t->owned = xmalloc(fresh.length, sizeof *t->owned);
	params_start(t->owned, &fresh, seed);
	params_bind(&fresh, t->owned);
	params_release(&fresh);
}

/* A new model has not been trained, whatever its encoder was. */
static void
network_write(const char *out, const struct tensors *t,
              const struct encoder_directory *from)
{
	static const char *const keys[] = {
		"updates", "passes", "batches", "digest", "recipe"
	};
	enum { KEYS = sizeof keys / sizeof keys[0], NUMBERS = KEYS - 1 };
	struct safetensors_text zero[KEYS];
	struct encoder_contents c = {
		.from = from, .config = &t->config, .params = &t->params,
		.extras.metadata = zero
	};
	size_t *count = &c.extras.metadata_count;

	for (int i = 0; i < KEYS; i++)
		if (from && safetensors_metadata(&from->files.weights, keys[i]))
			zero[(*count)++] = (struct safetensors_text){
				(char *)(uintptr_t)keys[i],
				(char *)(uintptr_t)(i < NUMBERS ? "0" : "")
			};
	model_replace_warn(out, true);
	encoder_directory_write(out, &c);
}

/* The shape of what is to be made; head and labels are c's own. */
static struct encoder_config
config_make(const struct encoder_config *from,
            const struct encoder_wishes *wishes)
{
	struct encoder_config c = *from;

	c.label = NULL;
	c.head = ENCODER_HEAD_PROJECTOR;
	c.layer_sum = wishes->layer_sum;
	c.untied = false;
	c.pooling = wishes->pooling;
	c.clip = c.family == ENCODER_WHISPER && !wishes->full;
	if (wishes->projector)
		c.projector = wishes->projector;
	if (wishes->layers)
		c.layers = wishes->layers;
	labels_set(&c, wishes);
	return c;
}

static void
network_derive(const char *out, const struct encoder_wishes *wishes)
{
	enum encoder_use use = wishes->keep_head ? ENCODER_USE_CLASSIFIER
	                                           : ENCODER_USE_ENCODER;
	struct encoder_directory d;
	const char *refused;
	struct stat st;
	struct tensors old = { .owned = NULL }, new = { .owned = NULL };
	struct encoder_spelling spelling;
	char *why;

	if (stat(wishes->from, &st) == 0 && !S_ISDIR(st.st_mode))
		die("%s: not a folder; want a network of Hugging Face, with "
		    "config.json and model.safetensors", wishes->from);
	refused = encoder_directory_open(&d, wishes->from, use);
	if (refused)
		die("%s", refused);
	if (wishes->layers > d.config.layers)
		die("%s: has %zu layers, fewer than --layers %zu",
		    d.files.name, d.config.layers, wishes->layers);
	old.config = d.config;
	tensors_list(&old, &d.spelling);
	why = params_map(&old.params, &d.files.weights, &old.owned);
	if (!why)
		why = params_finite(&old.params);
	if (!why && old.config.lora) {
		old.merged = encoder_lora_merge(&old.params, &old.weights,
		                                &old.config);
		why = params_finite(&old.params);
	}
	if (why)
		die("%s: %s", d.files.name, why);
	if (wishes->keep_head) {
		labels_check(&d, wishes);
		network_write(out, &old, &d);
	} else {
		new.config = config_make(&old.config, wishes);
		spelling = d.spelling;
		spelling.prefix = NULL;
		spelling.mask |= new.config.time_mask.share > 0;
		tensors_list(&new, &spelling);
		tensors_take(&new, &old);
		tensors_start(&new, wishes->seed);
		network_write(out, &new, &d);
		tensors_release(&new);
	}
	old.config.label = NULL; /* the directory's */
	tensors_release(&old);
	encoder_directory_release(&d);
}

void
encoder_init(const char *out, const struct encoder_wishes *wishes)
{
	const struct encoder_spelling spelling = { .mask = true };
	struct tensors t = { .owned = NULL };
	struct encoder_config c;

	if (wishes->from) {
		network_derive(out, wishes);
		return;
	}
	config_named(&c, wishes->size);
	t.config = config_make(&c, wishes);
	tensors_list(&t, &spelling);
	tensors_start(&t, wishes->seed);
	network_write(out, &t, NULL);
	tensors_release(&t);
}
