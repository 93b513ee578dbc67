#include <math.h>
#include <string.h>

#include "core/die.h"
#include "core/progress.h"
#include "core/texts.h"
#include "core/utf8.h"
#include "eval/prediction_writer.h"
#include "stream/codec_json.h"
#include "stream/fields.h"
#include "stream/frame.h"

static const char *const text_field[] = {
	FIELD_LANGUAGE, FIELD_SPEAKER, FIELD_CORPUS, FIELD_LABEL, FIELD_SEEN
};

/* The number of them that this writer prints. */
static size_t
text_fields(const struct prediction_writer *r)
{
	return sizeof text_field / sizeof text_field[0] - !r->seen;
}

static void
check(const struct prediction_writer *r)
{
	if (fflush(r->fp) != 0 || ferror(r->fp))
		die("write %s:", r->name);
}

static void
text_put(FILE *fp, const char *text)
{
	for (; text && *text; text++) {
		size_t control = utf8_control(text);

		fputc(control ? ' ' : *text, fp);
		text += control > 1;
	}
}

static size_t
kept_fields(const struct prediction_writer *r)
{
	return r->keep ? r->keep->pattern.length : 0;
}

/* Whether a further field can have a column of this name. */
static bool
kept_fits(const struct prediction_writer *r, const char *key)
{
	static const char *const own[] = {
		FIELD_ID, FIELD_START, FIELD_END, "emotion", "confidence",
		"dimensions", "probabilities"
	};

	return !strpbrk(key, "*\t\r\n") &&
	       !text_listed(key, own, sizeof own / sizeof own[0]) &&
	       !text_listed(key, text_field,
	                    sizeof text_field / sizeof text_field[0]) &&
	       !text_listed(key, r->classes, r->count);
}

const char *
prediction_writer_open(struct prediction_writer *r, FILE *fp, const char *name,
                       bool json, bool seen, struct keys *keep,
                       const char *const *classes, size_t count)
{
	*r = (struct prediction_writer){
		.fp = fp, .name = name, .json = json, .seen = seen,
		.keep = keep, .classes = classes, .count = count
	};
	for (size_t i = 0; i < kept_fields(r); i++)
		if (!kept_fits(r, keep->pattern.text[i]))
			return keep->pattern.text[i];
	if (json)
		return NULL;
	fputs("id\tstart\tend", fp);
	for (size_t i = 0; i < text_fields(r); i++)
		fprintf(fp, "\t%s", text_field[i]);
	for (size_t i = 0; i < kept_fields(r); i++)
		fprintf(fp, "\t%s", keep->pattern.text[i]);
	fputs("\temotion\tconfidence", fp);
	for (size_t k = 0; k < count; k++) {
		fputc('\t', fp);
		text_put(fp, classes[k]);
	}
	fputc('\n', fp);
	check(r);
	return NULL;
}

static void
json_put(FILE *fp, const char *text)
{
	codec_json_text(fp, text, strlen(text));
}

static size_t
largest(const float *x, size_t n)
{
	size_t best = 0;

	for (size_t i = 1; i < n; i++)
		if (x[i] > x[best])
			best = i;
	return best;
}

/* Four significant digits of small ones, so that logarithms stay exact. */
static void
share_put(const struct prediction_writer *r, float x)
{
	fprintf(r->fp, !r->regression && x < .1f ? "%.4g" : "%.4f", (double)x);
}

/* Prints a time, if the frame has it. */
static void
time_put(const struct prediction_writer *r, struct frame *f, const char *field)
{
	double seconds = frame_number(f, field, NAN);

	if (!r->json)
		fputc('\t', r->fp);
	if (!isfinite(seconds))
		return;
	if (r->json)
		fprintf(r->fp, ",\"%s\":", field);
	fprintf(r->fp, "%.3f", seconds);
}

static void
tsv_line(struct prediction_writer *r, struct frame *f, const float *probability)
{
	size_t best = largest(probability, r->count);

	text_put(r->fp, frame_id(f));
	time_put(r, f, FIELD_START);
	time_put(r, f, FIELD_END);
	for (size_t i = 0; i < text_fields(r); i++) {
		fputc('\t', r->fp);
		text_put(r->fp, frame_text(f, text_field[i]));
	}
	for (size_t i = 0; i < kept_fields(r); i++) {
		fputc('\t', r->fp);
		text_put(r->fp, frame_plain(f, r->keep->pattern.text[i]));
	}
	fputc('\t', r->fp);
	if (r->regression) { /* neither an emotion nor a confidence */
		fputc('\t', r->fp);
	} else {
		text_put(r->fp, r->classes[best]);
		fputc('\t', r->fp);
		share_put(r, probability[best]);
	}
	for (size_t k = 0; k < r->count; k++) {
		fputc('\t', r->fp);
		share_put(r, probability[k]);
	}
	fputc('\n', r->fp);
}

/* Texts as texts, numbers as numbers. */
static void
json_kept(const struct prediction_writer *r, struct frame *f)
{
	for (size_t i = 0; i < kept_fields(r); i++) {
		const char *key = r->keep->pattern.text[i];
		const char *plain = frame_plain(f, key);

		if (!*plain)
			continue;
		fputc(',', r->fp);
		json_put(r->fp, key);
		fputc(':', r->fp);
		if (isfinite(frame_number(f, key, (double)NAN)))
			fputs(plain, r->fp);
		else
			json_put(r->fp, plain);
	}
}

static void
json_line(struct prediction_writer *r, struct frame *f,
          const float *probability)
{
	size_t best = largest(probability, r->count);

	fputs("{\"id\":", r->fp);
	json_put(r->fp, frame_id(f));
	time_put(r, f, FIELD_START);
	time_put(r, f, FIELD_END);
	for (size_t i = 0; i < text_fields(r); i++) {
		const char *text = frame_text(f, text_field[i]);

		if (text && *text) {
			fprintf(r->fp, ",\"%s\":", text_field[i]);
			json_put(r->fp, text);
		}
	}
	json_kept(r, f);
	if (r->regression) {
		fputs(",\"dimensions\":{", r->fp);
	} else {
		fputs(",\"emotion\":", r->fp);
		json_put(r->fp, r->classes[best]);
		fputs(",\"confidence\":", r->fp);
		share_put(r, probability[best]);
		fputs(",\"probabilities\":{", r->fp);
	}
	for (size_t k = 0; k < r->count; k++) {
		if (k > 0)
			fputc(',', r->fp);
		json_put(r->fp, r->classes[k]);
		fputc(':', r->fp);
		share_put(r, probability[k]);
	}
	fputs("}}\n", r->fp);
}

void
prediction_writer_put(struct prediction_writer *r, struct frame *f,
                      const float *probability)
{
	progress_clear();
	for (size_t i = 0; i < kept_fields(r); i++)
		r->keep->seen[i] |= *frame_plain(f, r->keep->pattern.text[i])
		                    != '\0';
	r->lines++;
	if (r->json)
		json_line(r, f, probability);
	else
		tsv_line(r, f, probability);
	check(r);
}

static void
kept_warn(const struct prediction_writer *r)
{
	for (size_t i = 0; i < kept_fields(r); i++)
		if (!r->keep->seen[i])
			warn("no utterance has \"%s\" as text or number",
			     r->keep->pattern.text[i]);
}

void
prediction_writer_close(struct prediction_writer *r)
{
	check(r);
	if (r->keep && r->lines > 0)
		kept_warn(r);
	if (fclose(r->fp) != 0)
		die("write %s:", r->name);
}
