#include <string.h>
#include <unistd.h>

#include "core/die.h"
#include "eval/tables.h"

void
tables_read_file(struct predictions *p, const char *file)
{
	FILE *in;

	if (strcmp(file, "-") == 0) {
		if (isatty(STDIN_FILENO))
			die_usage("standard input is a terminal, want "
			          "predict's table");
		predictions_read(p, stdin, "<stdin>");
		return;
	}
	in = fopen(file, "r");
	if (!in)
		die("%s:", file);
	predictions_read(p, in, file);
	fclose(in);
}

const char *
tables_read(struct predictions *p, char *const file[])
{
	if (!*file) {
		tables_read_file(p, "-");
		return "<stdin>";
	}
	for (size_t i = 0; file[i]; i++)
		tables_read_file(p, file[i]);
	return *file;
}
