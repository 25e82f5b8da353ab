/* The messages on the control pair, between the agent's thread and the daemon. Little endian; for Java: ControlMessage.java. */
#ifndef HOMEPORT_CONTROL_H
#define HOMEPORT_CONTROL_H

#include "homeport.h"

#define CONTROL_MAGIC 0x54525048u /* "HPRT" */
#define CONTROL_VERSION 1

/* Kinds. A reply has its request's kind and the bit REPLY; count is the number of operations in a program, else of payload bytes. */
#define KIND_PROGRAM 1
#define KIND_DESCRIPTORS 6 /* payload: from, to i32; answers entries, in the order of their numbers, as many as fit */
#define KIND_NOTICE_OPTION_CHANGED 0x4001
#define KIND_REPLY 0x8000
#define KIND_ERROR 0xc000 /* payload: -errno as i32, then a text */

struct header {
    uint32_t magic;
    uint16_t version, kind;
    uint32_t sequence, count;
};

/* An operand that is an fd: >= 0 a number of this process, < 0 register -1-v. Registers 0.. hold the fds sent along, and what PEEK adds to them. */
struct operation {
    uint32_t code;
    int32_t a, b, c;
    uint64_t data;
    int32_t result;
    uint32_t reserved;
};

enum code { NOP, SOCKETPAIR, PIPE, DUP, CLOSE, EPOLL_DEL, EPOLL_ADD, SETFL, FCNTL_DUP, SETSOCKOPT_INT, USERFAULTFD, GIVE_ROOM, TAKE_ROOM, PEEK, MOVE, CODES };

/* An open descriptor: its flags with O_CLOEXEC where it has it, and its file's mode and inode (stat(2)). */
struct entry {
    int32_t fd, flags;
    uint32_t mode, reserved;
    uint64_t inode;
};

#define MAX_OPERATIONS 4096
#define REGISTERS 1024

_Static_assert(sizeof(struct header) == 16 && sizeof(struct operation) == 32 && sizeof(struct entry) == 24, "no padding");
_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "messages are read in place");

/* program.c: 0, or -EBADMSG for a program that can't be run; nothing has been changed then. */
int program_check(const struct operation *operations, uint32_t count, const int reserved_fds[2]);

/* program.c: runs a checked program, up to the first operation that fails; closes the registers that came with the message, or were added to them. */
void program_run(struct operation *operations, uint32_t count, const int *fds, int fd_count);

/* table.c: what is open from one number to before another, at most so many. How many. */
int table_read(int from, int to, struct entry *entries, int room);

/* room.c: takes low numbers of this process for room_give, as many as are missing, by the control pair's end fd. */
int room_take(int fd);

/* room.c: frees them. The highest of them, or INT_MAX if there were not enough. */
int room_give(int fd);

#endif
