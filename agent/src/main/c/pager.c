/*
 * Brings a restored process its memory while it runs: at once what it asks for, the rest behind its back.
 *
 *   criu restore --lazy-pages ── userfaultfd(2) ──────────────────────────► pager ◄── maps the images that pager.map names
 *   restored process ── page faults, fork, mremap, munmap, madvise ───────► pager ── UFFDIO_COPY ──► its memory
 *
 * It stands where "criu lazy-pages" stands (criu/uffd.c: the socket, what comes by it, the answers to the kernel's events), which never
 * answers for a page that is in the images before (CRIU 4.2, criu/pagemap.c: the reader of these has no io_complete).
 *
 * What cannot be brought ends the pager with a status other than 0, and its init ends everything: see capsule.c.
 */
#define _GNU_SOURCE
#include "pager.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <poll.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define PAGE ((uint64_t) 4096)
#define WITH_A_FAULT ((uint64_t) 64 << 10)  /* its neighbours are likely to be asked for next */
#define AT_A_TIME ((uint64_t) 256 << 10)    /* who asks meanwhile waits for so much */
#define SPACES_MAX 32                       /* a process and its forks, while memory is missing */
#define FILES 2

/* criu/uffd.c: LAZY_PAGES_RESTORE_FINISHED. */
#define FINISHED 0x52535446u

/* Missing memory, and where it lies in ours. */
struct piece {
    uint64_t start, end;
    const char *bytes;
};

/* The missing memory of one process, by rising addresses that do not overlap, and the pages that it waits for. */
struct space {
    int uffd;
    struct piece *pieces;
    size_t count, room;
    uint64_t *asked;
    size_t asked_count, asked_room;
};

/* One record of pager.map: by rising addresses, little-endian. */
struct mapped {
    uint64_t address, length, file, offset;
};

static struct space spaces[SPACES_MAX];
static int space_count;
static int finished;

static void fail(const char *what) {
    fprintf(stderr, "homeport-pager: %s: %s\n", what, strerror(errno));
    exit(1);
}

static void *grown(void *array, size_t count, size_t *room, size_t size) {
    if (count == *room) {
        *room = *room ? *room * 2 : 64;
        array = realloc(array, *room * size);
        if (array == NULL) {
            fail("no memory");
        }
    }
    return array;
}

static void insert(struct space *space, size_t at, struct piece piece) {
    space->pieces = grown(space->pieces, space->count, &space->room, sizeof piece);
    memmove(space->pieces + at + 1, space->pieces + at, (space->count - at) * sizeof piece);
    space->pieces[at] = piece;
    space->count++;
}

static void delete(struct space *space, size_t at) {
    space->count--;
    memmove(space->pieces + at, space->pieces + at + 1, (space->count - at) * sizeof *space->pieces);
}

/* The first piece that ends behind an address. */
static size_t find(const struct space *space, uint64_t address) {
    size_t low = 0, high = space->count;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (space->pieces[middle].end <= address) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low;
}

/* Makes address a boundary between pieces. Returns the first from there on. */
static size_t split(struct space *space, uint64_t address) {
    size_t at = find(space, address);
    if (at < space->count && space->pieces[at].start < address) {
        struct piece rest = space->pieces[at];
        rest.bytes += address - rest.start;
        rest.start = address;
        space->pieces[at].end = address;
        insert(space, ++at, rest);
    }
    return at;
}

static void forget(struct space *space, uint64_t start, uint64_t end) {
    size_t at = split(space, start);
    split(space, end);
    while (at < space->count && space->pieces[at].start < end) {
        delete(space, at);
    }
}

static void move(struct space *space, uint64_t from, uint64_t to, uint64_t length) {
    size_t first = split(space, from), last = split(space, from + length), moved_count = last - first;
    struct piece *moved = malloc((moved_count + 1) * sizeof *moved);
    if (moved == NULL) {
        fail("no memory");
    }
    memcpy(moved, space->pieces + first, moved_count * sizeof *moved);
    forget(space, from, from + length);
    forget(space, to, to + length);
    for (size_t i = 0; i < moved_count; i++) {
        moved[i].start += to - from;
        moved[i].end += to - from;
        insert(space, find(space, moved[i].start), moved[i]);
    }
    free(moved);
}

static void leave(struct space *space) {
    close(space->uffd);
    free(space->pieces);
    free(space->asked);
    *space = spaces[--space_count];
}

static struct space *enter(int uffd) {
    if (space_count == SPACES_MAX) {
        errno = EMFILE;
        fail("too many forks before the memory is complete");
    }
    struct space *space = &spaces[space_count++];
    *space = (struct space){.uffd = uffd};
    return space;
}

/* Its memory is a copy of its parent's: what is missing there is missing here. */
static void fork_of(const struct space *parent, int uffd) {
    struct space *child = enter(uffd);
    for (size_t i = 0; i < parent->count; i++) {
        insert(child, i, parent->pieces[i]);
    }
}

/* Returns how many bytes need no answer any more: fewer than length if the kernel wants its events to be read first; -1 if the process is gone. */
static int64_t put(const struct space *space, uint64_t address, const char *bytes, uint64_t length) {
    uint64_t done = 0, part = length;
    while (done < length) {
        struct uffdio_copy copy = {.dst = address + done, .src = (uintptr_t) (bytes + done), .len = part};
        if (ioctl(space->uffd, UFFDIO_COPY, &copy) == 0 || copy.copy > 0) {
            done += (uint64_t) copy.copy;
            part = length - done;
        } else if (errno == ENOENT && part > PAGE) {
            part = PAGE; /* the kernel takes no more at once than one mapping has */
        } else if (errno == EEXIST || errno == ENOENT) { /* it is there, or there is no such mapping any more, which an event will say */
            struct uffdio_range page = {address + done, PAGE};
            ioctl(space->uffd, UFFDIO_WAKE, &page);
            done += PAGE;
            part = length - done;
        } else if (errno == EAGAIN) {
            break;
        } else if (errno == ESRCH || errno == ENOSPC) {
            return -1;
        } else {
            fail("cannot bring memory");
        }
    }
    return (int64_t) done;
}

/* A page that is in no image has never been written to. Returns as put. */
static int64_t put_zeros(const struct space *space, uint64_t address) {
    struct uffdio_zeropage zeros = {.range = {address, PAGE}};
    if (ioctl(space->uffd, UFFDIO_ZEROPAGE, &zeros) == 0) {
        return (int64_t) PAGE;
    }
    if (errno == EAGAIN) {
        return 0;
    }
    if (errno == ESRCH || errno == ENOSPC) {
        return -1;
    }
    if (errno != EEXIST && errno != ENOENT) {
        fail("cannot bring zeros");
    }
    ioctl(space->uffd, UFFDIO_WAKE, &zeros.range);
    return (int64_t) PAGE;
}

static int64_t bring(struct space *space, size_t at, uint64_t start, uint64_t end) {
    struct piece piece = space->pieces[at];
    start = start < piece.start ? piece.start : start;
    end = end > piece.end ? piece.end : end;
    int64_t done = put(space, start, piece.bytes + (start - piece.start), end - start);
    if (done > 0) {
        forget(space, start, start + (uint64_t) done);
    }
    return done;
}

static int64_t answer(struct space *space, uint64_t address) {
    size_t at = find(space, address);
    if (at == space->count || space->pieces[at].start > address) {
        return put_zeros(space, address);
    }
    uint64_t window = address & ~(WITH_A_FAULT - 1);
    int64_t done = bring(space, at, window, window + WITH_A_FAULT);
    at = find(space, address);
    return done < 0 || at == space->count || space->pieces[at].start > address ? done : 0;
}

/* Returns -1 if the process is gone. */
static int answer_all(struct space *space) {
    size_t left = 0;
    for (size_t i = 0; i < space->asked_count; i++) {
        int64_t done = answer(space, space->asked[i]);
        if (done < 0) {
            return -1;
        }
        if (done == 0) {
            space->asked[left++] = space->asked[i];
        }
    }
    space->asked_count = left;
    return 0;
}

static void hear(int number, const struct uffd_msg *message) {
    struct space *space = &spaces[number];
    switch (message->event) {
        case UFFD_EVENT_PAGEFAULT:
            space->asked = grown(space->asked, space->asked_count, &space->asked_room, sizeof *space->asked);
            space->asked[space->asked_count++] = message->arg.pagefault.address & ~(PAGE - 1);
            break;
        case UFFD_EVENT_REMOVE:
        case UFFD_EVENT_UNMAP:
            forget(space, message->arg.remove.start, message->arg.remove.end);
            break;
        case UFFD_EVENT_REMAP:
            move(space, message->arg.remap.from, message->arg.remap.to, message->arg.remap.len);
            break;
        case UFFD_EVENT_FORK:
            fork_of(space, (int) message->arg.fork.ufd);
            break;
        default:
            errno = EPROTO;
            fail("an unknown event");
    }
}

static void hear_all(int number) {
    struct uffd_msg message;
    for (;;) {
        ssize_t length = read(spaces[number].uffd, &message, sizeof message);
        if (length == (ssize_t) sizeof message) {
            hear(number, &message);
        } else if (length < 0 && errno == EAGAIN) {
            return;
        } else if (length < 0 && errno != EINTR) {
            fail("cannot read the kernel's events");
        }
    }
}

/* From its end: nothing has to be moved up then. Returns -1 if the process is gone. */
static int bring_some(struct space *space) {
    struct piece last = space->pieces[space->count - 1];
    uint64_t length = last.end - last.start;
    return bring(space, space->count - 1, last.end - (length < AT_A_TIME ? length : AT_A_TIME), last.end) < 0 ? -1 : 0;
}

static void receive(int socket, void *to, size_t length, int *fd) {
    char control[CMSG_SPACE(sizeof(int))];
    struct iovec part = {to, length};
    struct msghdr header = {.msg_iov = &part, .msg_iovlen = 1, .msg_control = control, .msg_controllen = sizeof control};
    ssize_t count = recvmsg(socket, &header, MSG_WAITALL | MSG_CMSG_CLOEXEC);
    if (count == 0) {
        exit(0); /* the restore has failed, or nothing is missing */
    }
    struct cmsghdr *rights = CMSG_FIRSTHDR(&header);
    if (count != (ssize_t) length || (fd != NULL && (rights == NULL || rights->cmsg_type != SCM_RIGHTS))) {
        errno = EPROTO;
        fail("criu restore says something unknown");
    }
    if (fd != NULL) {
        memcpy(fd, CMSG_DATA(rights), sizeof *fd);
    }
}

static const char *map(const char *name, uint64_t *length) {
    struct stat facts;
    int fd = open(name, O_RDONLY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &facts) != 0) {
        fail(name);
    }
    *length = (uint64_t) facts.st_size;
    void *bytes = *length == 0 ? NULL : mmap(NULL, *length, PROT_READ, MAP_SHARED, fd, 0);
    if (bytes == MAP_FAILED) {
        fail(name);
    }
    close(fd);
    return bytes;
}

/* The names of the two files, a line each, then the records. */
static void take_map(struct space *space) {
    char name[FILES][256];
    uint64_t lengths[FILES];
    const char *files[FILES];
    struct mapped record;
    FILE *in = fopen("pager.map", "r");
    if (in == NULL || fscanf(in, "%255[^\n]%*1[\n]%255[^\n]%*1[\n]", name[0], name[1]) != FILES) {
        fail("pager.map");
    }
    for (int i = 0; i < FILES; i++) {
        files[i] = map(name[i], &lengths[i]);
    }
    uint64_t end = 0;
    while (fread(&record, sizeof record, 1, in) == 1) {
        if (record.file >= FILES || record.offset > lengths[record.file] || record.length > lengths[record.file] - record.offset
            || record.length == 0 || (record.address | record.length) % PAGE != 0 || record.address < end || record.address + record.length < record.address) {
            errno = ERANGE;
            fail("pager.map");
        }
        end = record.address + record.length;
        insert(space, space->count, (struct piece){record.address, record.address + record.length, files[record.file] + record.offset});
    }
    fclose(in);
}

static int listener(void) {
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "lazy-pages.socket"};
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    unlink(address.sun_path);
    if (fd < 0 || bind(fd, (struct sockaddr *) &address, sizeof address) != 0 || listen(fd, 1) != 0) {
        fail(address.sun_path);
    }
    return fd;
}

/* One round: what the kernel says, then what is asked for, then, if nobody asks, some of the rest. */
static void serve(int restore) {
    struct pollfd polled[SPACES_MAX + 1];
    int heard = space_count, asked = 0;
    for (int i = 0; i < heard; i++) {
        polled[i] = (struct pollfd){.fd = spaces[i].uffd, .events = POLLIN};
        asked += spaces[i].asked_count > 0;
    }
    polled[heard] = (struct pollfd){.fd = finished ? -1 : restore, .events = POLLIN};
    int ready = poll(polled, (nfds_t) heard + 1, finished || asked ? 0 : -1);
    if (ready < 0 && errno != EINTR) {
        fail("poll");
    }
    if (ready > 0 && polled[heard].revents != 0) {
        uint32_t word;
        receive(restore, &word, sizeof word, NULL);
        finished = word == FINISHED;
    }
    for (int i = heard - 1; ready > 0 && i >= 0; i--) {
        if (polled[i].revents & POLLIN) {
            hear_all(i);
        } else if (polled[i].revents != 0) {
            leave(&spaces[i]);
        }
    }
    for (int i = space_count - 1; i >= 0; i--) {
        struct space *space = &spaces[i];
        int gone = answer_all(space);
        if (gone == 0 && finished && ready == 0 && space->count > 0) {
            gone = bring_some(space);
        }
        if (gone != 0 || (finished && space->count == 0 && space->asked_count == 0)) {
            leave(space);
        }
    }
}

void pager(const char *directory, int ready) {
    int pid, uffd;
    char with_it;
    prctl(PR_SET_NAME, "homeport-pager");
    if (chdir(directory) != 0) {
        fail(directory);
    }
    struct space first = {0};
    take_map(&first);
    int listening = listener();
    if (write(ready, "", 1) != 1) {
        fail("nobody waits");
    }
    close(ready);
    int restore = accept4(listening, NULL, NULL, SOCK_CLOEXEC);
    close(listening);
    receive(restore, &pid, sizeof pid, NULL);
    receive(restore, &with_it, sizeof with_it, &uffd);
    first.uffd = uffd;
    spaces[space_count++] = first;
    while (space_count > 0) {
        serve(restore);
    }
    exit(0);
}
