/* audio/bytestream.h: waiting, end and failure of a read. */
#define _GNU_SOURCE /* pipe2 */
#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "audio/bytestream.h"
#include "gradient.h"

/* Data come late, and the descriptor does not block. */
static void
test_later(void **state)
{
	struct bytestream f;
	char bytes[8];
	int fd[2];
	pid_t child;

	(void)state;
	assert_int_equal(pipe2(fd, O_NONBLOCK), 0);
	child = fork();
	if (child == 0) {
		usleep(30000);
		_exit(write(fd[1], "abc", 3) != 3);
	}
	close(fd[1]);
	f = (struct bytestream){ .fd = fd[0] };
	assert_int_equal(bytestream_read(bytes, sizeof bytes, &f), 3);
	assert_memory_equal(bytes, "abc", 3);
	assert_true(f.torn && f.bytes == 3 && f.error == 0);
	close(fd[0]);
	assert_int_equal(waitpid(child, NULL, 0), child);
}

static void
test_error(void **state)
{
	struct bytestream f = { .fd = open("/", O_RDONLY) };
	char bytes[8];

	(void)state;
	assert_true(f.fd >= 0);
	assert_int_equal(bytestream_read(bytes, sizeof bytes, &f), 0);
	assert_int_equal(f.error, EISDIR);
	close(f.fd);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		{ "data that come late are waited for", test_later, NULL,
		  NULL, NULL },
		{ "an error is no end", test_error, NULL, NULL, NULL },
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
