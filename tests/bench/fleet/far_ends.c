/* Telephones behind a carrier, thousands of them, at little cost: they answer every INVITE at once,
 * speak G.711 in packets of 20 ms, and count what they hear.
 *
 *     far_ends HOST SIP_PORT
 *
 * prints {} when it listens, and then obeys the lines of its standard input, until that ends:
 *
 *     speak COUNT PORT   talk, without SIP, with COUNT ports from PORT on; 0 ends that
 *     talk MS            who is called at an odd number hangs up so long after the answer; 0: never
 *     hear MS            count from now on, and print as JSON what was counted when that has passed
 *
 * The telephones 2n and 2n + 1 are connected by whoever is tested. Each packet is filled with one
 * code, the next one in a ring of 240: from the code it is known which packet of the other telephone
 * is heard, and thus how old it is and whether those before it were heard.
 *
 * All telephones share one socket for RTP, and wake nobody up: what has come is looked at every
 * millisecond, at the instant that the kernel noted.
 */

#define _GNU_SOURCE
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "far_ends.h"

enum { CODES = 240, SAMPLES = 160, HEADER = 12, BATCH = 64 };
enum { BUCKETS = 20000, BUCKET_NS = 100000 };
static const int64_t TICK_NS = 1000000, PACKET_NS = 20000000, SAMPLE_NS = 125000;

struct leg {
    Address worker;          /* where its RTP goes, and comes from */
    uint16_t sequence;
    unsigned spoken;         /* packets, for the next code */
    int64_t sent_at[CODES];
    int hears, last_code;    /* whether packets came; -1: nothing that was spoken yet */
    uint16_t last_sequence;
};

const char *host;
int rtp_port;
int64_t talk_ns;
static struct leg legs[LEGS];
static int64_t due[LEGS];    /* its next packet; NEVER: it has no call */
static int leg_at[65536];    /* by the worker's port of RTP; -1: none */
static int highest;          /* no leg that has a call is beyond it */
static int rtp, rtcp;

static struct {
    long sent, received, lost, missed, damaged, delays;
    long bucket[BUCKETS];
    int64_t began, until, latest;
} counted;

int64_t now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_REALTIME, &t);   /* as the kernel's time stamps */
    return t.tv_sec * 1000000000LL + t.tv_nsec;
}

void fail(const char *what)
{
    perror(what);
    exit(1);
}

int bound(int *port)
{
    Address address = {.sin_family = AF_INET, .sin_port = htons(*port)};
    socklen_t size = sizeof address;
    int one = 1, room = 64 << 20, s = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
    inet_pton(AF_INET, host, &address.sin_addr);
    if (s < 0 || bind(s, (struct sockaddr *)&address, size))
        return -1;
    /* On the loopback, what nobody has read yet counts as the sender's, too. As root, beyond the
     * limit of the machine; else up to it. */
    if (setsockopt(s, SOL_SOCKET, SO_RCVBUFFORCE, &room, sizeof room))
        setsockopt(s, SOL_SOCKET, SO_RCVBUF, &room, sizeof room);
    if (setsockopt(s, SOL_SOCKET, SO_SNDBUFFORCE, &room, sizeof room))
        setsockopt(s, SOL_SOCKET, SO_SNDBUF, &room, sizeof room);
    setsockopt(s, SOL_SOCKET, SO_TIMESTAMPNS, &one, sizeof one);
    getsockname(s, (struct sockaddr *)&address, &size);
    *port = ntohs(address.sin_port);
    return s;
}

static void bind_rtp(void)
{
    for (rtp_port = 28000; rtp_port < 30000; rtp_port += 2) {
        int next = rtp_port + 1;
        if ((rtp = bound(&rtp_port)) < 0)
            continue;
        if ((rtcp = bound(&next)) >= 0)
            return;
        close(rtp);
    }
    fail("no ports for RTP");
}

/* ---- telephones ---- */

void begin(int number, int port)
{
    struct leg *leg = &legs[number];
    if (due[number] != NEVER)
        leg_at[ntohs(leg->worker.sin_port)] = -1;
    memset(leg, 0, sizeof *leg);
    leg->last_code = -1;
    leg->worker.sin_family = AF_INET;
    leg->worker.sin_port = htons(port);
    inet_pton(AF_INET, host, &leg->worker.sin_addr);
    /* Spread over the 20 ms of a packet, by a step that has no factor in common with it. */
    due[number] = now() + (int64_t)number * 7919001 % PACKET_NS;
    leg_at[port] = number;
    if (number >= highest)
        highest = number + 1;
}

void end(int number)
{
    int port = ntohs(legs[number].worker.sin_port);
    if (leg_at[port] == number)
        leg_at[port] = -1;
    due[number] = NEVER;
    while (highest && due[highest - 1] == NEVER)
        highest--;
}

static uint8_t code(int place)   /* neither of the two zeros of the mu-law */
{
    return place < CODES / 2 ? 0x80 + place : place - CODES / 2;
}

/* The place of the code that begins in these samples, and where; -1: they are not as they were
 * spoken. The bridge may have cut one packet behind the last samples of another. */
static int begins(const uint8_t *samples, int *offset)
{
    int one = 0, two, place = samples[0] & 0x80 ? samples[0] - 0x80 : samples[0] + CODES / 2;
    if (place >= (samples[0] & 0x80 ? CODES / 2 : CODES))
        return -1;
    while (one < SAMPLES && samples[one] == samples[0])
        one++;
    *offset = one % SAMPLES;
    if (!*offset)
        return place;
    place = (place + 1) % CODES;
    for (two = one; two < SAMPLES && samples[two] == code(place);)
        two++;
    return two == SAMPLES ? place : -1;
}

static void speak(int64_t time)
{
    static uint8_t packet[BATCH][HEADER + SAMPLES];
    static struct iovec part[BATCH];
    static struct mmsghdr message[BATCH];
    int ready = 0;
    for (int number = 0; number < highest || ready; number++) {
        if (number < highest && due[number] <= time) {
            struct leg *leg = &legs[number];
            uint8_t *p = packet[ready];
            unsigned place = leg->spoken % CODES, stamp = htonl(leg->spoken * SAMPLES);
            uint16_t sequence = htons(leg->sequence++);
            unsigned source = htonl(number + 1);
            p[0] = 0x80, p[1] = leg->spoken++ ? 0 : 0x80;
            memcpy(p + 2, &sequence, 2), memcpy(p + 4, &stamp, 4), memcpy(p + 8, &source, 4);
            memset(p + HEADER, code(place), SAMPLES);
            leg->sent_at[place] = now();
            if (leg->sent_at[place] - due[number] > counted.latest)
                counted.latest = leg->sent_at[place] - due[number];
            due[number] += PACKET_NS;
            part[ready] = (struct iovec){p, sizeof packet[0]};
            message[ready].msg_hdr = (struct msghdr){.msg_name = &leg->worker,
                .msg_namelen = sizeof leg->worker, .msg_iov = &part[ready], .msg_iovlen = 1};
            ready++;
        }
        if (ready == BATCH || (ready && number >= highest)) {
            for (int done = 0, sent; done < ready; done += sent > 0 ? sent : 1)
                if ((sent = sendmmsg(rtp, message + done, ready - done, 0)) > 0)
                    counted.sent += sent;   /* else the first was not: its port was closed */
            ready = 0;
        }
    }
}

static void hear_samples(int number, const uint8_t *samples, int64_t at)
{
    int offset, place = begins(samples, &offset);
    struct leg *leg = &legs[number], *other = &legs[number ^ 1];
    if (place < 0) {
        counted.damaged++;
        return;
    }
    if (leg->last_code >= 0) {
        int step = (place - leg->last_code + CODES) % CODES;
        counted.missed += step > 1 ? step - 1 : 0;
    }
    leg->last_code = place;
    if (due[number ^ 1] != NEVER && other->sent_at[place]) {
        long bucket = (at + offset * SAMPLE_NS - other->sent_at[place]) / BUCKET_NS;
        counted.bucket[bucket < 0 ? 0 : bucket < BUCKETS ? bucket : BUCKETS - 1]++;
        counted.delays++;
    }
}

static int64_t stamp_of(struct msghdr *header)
{
    struct timespec t;
    for (struct cmsghdr *c = CMSG_FIRSTHDR(header); c; c = CMSG_NXTHDR(header, c))
        if (c->cmsg_level == SOL_SOCKET && c->cmsg_type == SO_TIMESTAMPNS) {
            memcpy(&t, CMSG_DATA(c), sizeof t);
            return t.tv_sec * 1000000000LL + t.tv_nsec;
        }
    return now();
}

static void hear(void)
{
    static uint8_t packet[BATCH][2048], control[BATCH][64];
    static Address source[BATCH];
    static struct iovec part[BATCH];
    static struct mmsghdr message[BATCH];
    int came;
    do {
        for (int i = 0; i < BATCH; i++) {
            part[i] = (struct iovec){packet[i], sizeof packet[i]};
            message[i].msg_hdr = (struct msghdr){.msg_name = &source[i],
                .msg_namelen = sizeof source[i], .msg_iov = &part[i], .msg_iovlen = 1,
                .msg_control = control[i], .msg_controllen = sizeof control[i]};
        }
        came = recvmmsg(rtp, message, BATCH, MSG_DONTWAIT, NULL);
        for (int i = 0; i < came; i++) {
            int number = leg_at[ntohs(source[i].sin_port)];
            uint16_t sequence;
            if (number < 0 || message[i].msg_len != HEADER + SAMPLES || packet[i][1] & 0x7f)
                continue;
            struct leg *leg = &legs[number];
            memcpy(&sequence, packet[i] + 2, 2);
            sequence = ntohs(sequence);
            uint16_t step = sequence - leg->last_sequence;
            if (leg->hears && step > 1 && step < 3000)
                counted.lost += step - 1;
            leg->hears = 1;
            leg->last_sequence = sequence;
            counted.received++;
            hear_samples(number, packet[i] + HEADER, stamp_of(&message[i].msg_hdr));
        }
    } while (came == BATCH);
}

/* ---- what it is told ---- */

static double delay_ms(double share)
{
    long seen = 0;
    for (int i = 0; i < BUCKETS; i++)
        if ((seen += counted.bucket[i]) > share * counted.delays)
            return i * (BUCKET_NS / 1e6);
    return 0;
}

static void tell(void)
{
    int live = 0;
    for (int i = 0; i < highest; i++)
        live += due[i] != NEVER;
    printf("{\"legs\": %d, \"seconds\": %.3f, \"sent\": %ld, \"received\": %ld, \"lost\": %ld,"
           " \"missed\": %ld, \"damaged\": %ld, \"delay_ms\": %.1f, \"delay_p99_ms\": %.1f,"
           " \"late_ms\": %.1f}\n", live, (now() - counted.began) / 1e9, counted.sent,
           counted.received, counted.lost, counted.missed, counted.damaged, delay_ms(0.5),
           delay_ms(0.99), counted.latest / 1e6);
    fflush(stdout);
}

static int obey(void)   /* 0 at the end of the input */
{
    char line[128];
    int count, port;
    struct pollfd input = {.fd = 0, .events = POLLIN};
    if (poll(&input, 1, 0) <= 0)
        return 1;
    if (!fgets(line, sizeof line, stdin))
        return 0;
    if (sscanf(line, "speak %d %d", &count, &port) == 2) {
        while (highest)
            end(highest - 1);
        for (int i = 0; i < count && i < LEGS; i++)
            begin(i, port + i);
    } else if (sscanf(line, "talk %d", &count) == 1) {
        talk_ns = count * 1000000LL;
    } else if (sscanf(line, "hear %d", &count) == 1) {
        memset(&counted, 0, sizeof counted);
        counted.began = now();
        counted.until = counted.began + count * 1000000LL;
    }
    return 1;
}

int main(int arguments, char **argument)
{
    char rest[2048];
    if (arguments != 3)
        return 2;
    host = argument[1];
    setvbuf(stdin, NULL, _IONBF, 0);   /* what poll does not see, nobody reads */
    memset(leg_at, -1, sizeof leg_at);
    for (int i = 0; i < LEGS; i++)
        due[i] = NEVER;
    bind_rtp();
    bind_sip(atoi(argument[2]));
    puts("{}");
    fflush(stdout);
    for (int64_t tick = now(); obey(); tick = tick + TICK_NS > now() ? tick + TICK_NS : now()) {
        struct timespec until = {tick / 1000000000, tick % 1000000000};
        clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &until, NULL);
        take_sip();
        hear();
        while (recv(rtcp, rest, sizeof rest, MSG_DONTWAIT) >= 0)
            ;
        speak(now());
        hang_up_where_due(now());
        if (counted.until && counted.until <= now()) {
            counted.until = 0;
            tell();
        }
    }
    return 0;
}
