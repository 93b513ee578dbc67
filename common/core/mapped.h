/*
 * mapped.h - files that become shorter while they are mapped
 */
#ifndef MAPPED_H
#define MAPPED_H

/*
 * From now on, to read what a mapped file has no more of, or a disk cannot
 * give, is an error of one line and status 1, not a death by SIGBUS.  To be
 * called before what is mapped is read; again does no harm.
 */
void mapped_guard(void);

#endif
