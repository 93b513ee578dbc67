/*
 * hub.h - what the tests of model directories share: tiny ones to read
 */
#pragma once

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "encoder/open.h"
#include "gradient.h"
#include "weights/json.h"

#define HUB "hub.test"

/* In a text here ' stands for ". */
static inline void
hub_text(const char *file, const char *text)
{
	char *path = xasprintf(HUB "/%s", file);
	FILE *fp = fopen(path, "w");

	assert_non_null(fp);
	for (; *text; text++)
		fputc(*text == '\'' ? '"' : *text, fp);
	fclose(fp);
	free(path);
}

static inline void
hub_remove(void)
{
	DIR *dir = opendir(HUB);
	struct dirent *entry;

	while (dir && (entry = readdir(dir))) {
		char *path = xasprintf(HUB "/%s", entry->d_name);

		unlink(path);
		free(path);
	}
	if (dir)
		closedir(dir);
	rmdir(HUB);
}

/* The tensors of a network, each with values of its own. */
struct hub_tensors {
	struct encoder_config config;
	struct encoder_weights weights;
	struct params params;
	float *block;
	struct safetensors_source *source; /* params.count, and one more */
	size_t count;
};

static inline void
hub_tensors(struct hub_tensors *t, const char *config, enum encoder_head head,
            const struct encoder_spelling *spelling)
{
	struct json *j;
	const char *why;
	char *text = xstrdup(config);

	for (char *p = text; *p; p++)
		*p = *p == '\'' ? '"' : *p;
	j = json_parse(text, strlen(text), &why);
	assert_null(encoder_config_read(&t->config, j));
	assert_null(encoder_labels_read(&t->config, j));
	t->config.head = head;
	t->params = (struct params){ .param = NULL };
	encoder_layout(&t->params, &t->weights, &t->config, spelling);
	t->block = random_floats(t->params.length, 7);
	params_bind(&t->params, t->block);
	t->count = t->params.count;
	t->source = xcalloc(t->count + 1, sizeof *t->source);
	for (size_t i = 0; i < t->count; i++) {
		const struct param *p = &t->params.param[i];

		t->source[i] = (struct safetensors_source){
			.name = p->name, .type = TYPE_F32, .ndim = p->ndim,
			.data = t->block + p->offset
		};
		memcpy(t->source[i].dim, p->dim, sizeof p->dim);
	}
	json_release(j);
	free(text);
}

static inline void
hub_tensors_release(struct hub_tensors *t)
{
	params_release(&t->params);
	encoder_weights_release(&t->weights);
	encoder_config_release(&t->config);
	free(t->block);
	free(t->source);
}

/* All that a tiny network needs but the brace at the end. */
#define HUB_SHAPE(type) "{'model_type':'" type "','hidden_size':8," \
	"'num_hidden_layers':2,'num_attention_heads':2," \
	"'intermediate_size':12,'conv_dim':[5,6],'conv_kernel':[4,3]," \
	"'conv_stride':[2,2],'num_conv_pos_embeddings':4," \
	"'num_conv_pos_embedding_groups':2,'classifier_proj_size':9," \
	"'num_buckets':16,'max_bucket_distance':20"
#define HUB_LABELS ",'id2label':{'0':'joy','1':'fear','2':'calm'}"
#define HUB_CLASSIFIER \
	",'architectures':['Wav2Vec2ForSequenceClassification']"
#define HUB_CONFIG HUB_SHAPE("wav2vec2") HUB_CLASSIFIER HUB_LABELS "}"
#define HUB_PREPROCESSOR "{'do_normalize':false,'sampling_rate':16000," \
	"'feature_extractor_type':'Wav2Vec2FeatureExtractor'," \
	"'feature_size':1,'return_attention_mask':true}"

/* A directory of a tiny classifier; its tensors are t's. */
static inline void
hub_make(struct hub_tensors *t)
{
	const struct encoder_spelling spelling = { .mask = true };

	hub_remove();
	assert_int_equal(mkdir(HUB, 0777), 0);
	hub_text("config.json", HUB_CONFIG);
	hub_text("preprocessor_config.json", HUB_PREPROCESSOR);
	hub_tensors(t, HUB_CONFIG, ENCODER_HEAD_PROJECTOR, &spelling);
	safetensors_write(HUB "/model.safetensors", t->source, t->count,
	                  NULL, 0);
}

/* Fails unless opening is refused with a line that has this in it. */
static inline void
hub_refused(enum encoder_use use, const char *says)
{
	struct encoder_directory d;
	const char *why = encoder_directory_open(&d, HUB "//", use);

	if (!why)
		fail_msg("was opened, want '%s'", says);
	if (strncmp(why, HUB, strlen(HUB)) != 0 || strchr(why, '\n') ||
	    !strstr(why, says))
		fail_msg("'%s', want '%s'", why, says);
	encoder_directory_release(&d);
}

static inline void
hub_opened(struct encoder_directory *d, enum encoder_use use)
{
	if (encoder_directory_open(d, HUB, use))
		fail_msg("%s", d->why);
}

static inline int
hub_start(void **state)
{
	static struct hub_tensors t;

	hub_make(&t);
	*state = &t;
	return 0;
}

static inline int
hub_finish(void **state)
{
	hub_tensors_release(*state);
	hub_remove();
	return 0;
}

static inline void
has_text(const char *text, const char *part)
{
	if (!strstr(text, part))
		fail_msg("no '%s' in '%s'", part, text);
}
