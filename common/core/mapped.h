/*
 * mapped.h - handle files that become shorter while they are mapped
 */
#pragma once

/*
 * Makes SIGBUS, which means that a mapped page cannot be read, an error message
 * with status 1.  Call it before mapped memory is read; calls may repeat.
 */
void mapped_guard(void);
