/* The pager of homeport-capsule: pager.c. */
#ifndef HOMEPORT_PAGER_H
#define HOMEPORT_PAGER_H

/* Closes ready when criu restore --lazy-pages may connect; a byte in it says so. Ends the process. */
void pager(const char *directory, int ready) __attribute__((noreturn));

#endif
