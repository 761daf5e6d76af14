/* The SIP of far_ends.c: as much as a carrier needs where no datagram is lost. */

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>

#include "far_ends.h"

enum { TEXT = 4096 };

struct dialog {
    Address worker;
    char from[256], to[256], call_id[128], contact[128];
};

static struct dialog dialogs[LEGS];
static int64_t leaves[LEGS];   /* when it hangs up */
static int sip, sip_port;

void bind_sip(int port)
{
    sip_port = port;
    if ((sip = bound(&sip_port)) < 0)
        fail("SIP");
    for (int i = 0; i < LEGS; i++)
        leaves[i] = NEVER;
}

static void header(const char *text, const char *name, char *value, size_t room)
{
    size_t length = strlen(name);
    *value = 0;
    for (const char *line = text; (line = strstr(line, "\r\n")) && line[2] != '\r';) {
        line += 2;
        if (!strncasecmp(line, name, length) && line[length] == ':') {
            line += length + 1;
            while (*line == ' ')
                line++;
            snprintf(value, room, "%.*s", (int)strcspn(line, "\r"), line);
            return;
        }
    }
}

static void say(const Address *to, const char *form, ...)
{
    char text[TEXT];
    va_list values;
    va_start(values, form);
    int length = vsnprintf(text, sizeof text, form, values);
    va_end(values);
    sendto(sip, text, length, 0, (const struct sockaddr *)to, sizeof *to);
}

static void answer(const char *request, const Address *from, const char *status, const char *tag,
                   const char *more)
{
    char via[512], sender[256], to[256], call_id[128], sequence[64];
    header(request, "Via", via, sizeof via);
    header(request, "From", sender, sizeof sender);
    header(request, "To", to, sizeof to);
    header(request, "Call-ID", call_id, sizeof call_id);
    header(request, "CSeq", sequence, sizeof sequence);
    say(from, "SIP/2.0 %s\r\nVia: %s\r\nFrom: %s\r\nTo: %s%s\r\nCall-ID: %s\r\nCSeq: %s\r\n"
        "Contact: <sip:%s:%d>\r\n%s", status, via, sender, to, strstr(to, "tag=") ? "" : tag,
        call_id, sequence, host, sip_port, more);
}

static void take_invite(const char *request, const Address *from)
{
    char to[256], tag[32], body[512], more[640];
    const char *media = strstr(request, "\r\nm=audio ");
    header(request, "To", to, sizeof to);
    char *user = strstr(to, "sip:"), *at = user ? strchr(user, '@') : NULL;
    if (!media || !at)
        return;
    for (user = at; user[-1] >= '0' && user[-1] <= '9' && at - user < 5;)
        user--;
    int number = atoi(user) % LEGS;
    struct dialog *dialog = &dialogs[number];
    begin(number, atoi(media + 10));
    snprintf(tag, sizeof tag, ";tag=t%d", number);
    header(request, "From", dialog->to, sizeof dialog->to);
    header(request, "Call-ID", dialog->call_id, sizeof dialog->call_id);
    header(request, "Contact", dialog->contact, sizeof dialog->contact);
    snprintf(dialog->from, sizeof dialog->from, "%.200s%s", to, tag);
    dialog->worker = *from;
    leaves[number] = talk_ns && number % 2 ? now() + talk_ns : NEVER;
    snprintf(body, sizeof body,
             "v=0\r\no=- 1 1 IN IP4 %s\r\ns=-\r\nc=IN IP4 %s\r\nt=0 0\r\nm=audio %d RTP/AVP 0 101\r\n"
             "a=rtpmap:0 PCMU/8000\r\na=rtpmap:101 telephone-event/8000\r\n", host, host, rtp_port);
    snprintf(more, sizeof more, "Content-Type: application/sdp\r\nContent-Length: %zu\r\n\r\n%s",
             strlen(body), body);
    answer(request, from, "180 Ringing", tag, "Content-Length: 0\r\n\r\n");
    answer(request, from, "200 OK", tag, more);
}

static void hang_up(int number)
{
    struct dialog *dialog = &dialogs[number];
    const char *target = strchr(dialog->contact, '<');
    target = target ? target + 1 : dialog->contact;
    say(&dialog->worker,
        "BYE %.*s SIP/2.0\r\nVia: SIP/2.0/UDP %s:%d;branch=z9hG4bK%d-%lld\r\nMax-Forwards: 70\r\n"
        "From: %s\r\nTo: %s\r\nCall-ID: %s\r\nCSeq: 1 BYE\r\nContent-Length: 0\r\n\r\n",
        (int)strcspn(target, ">"), target, host, sip_port, number, (long long)leaves[number],
        dialog->from, dialog->to, dialog->call_id);
    leaves[number] = NEVER;
    end(number);
}

void hang_up_where_due(int64_t time)
{
    for (int number = 0; number < LEGS; number++)
        if (leaves[number] <= time)
            hang_up(number);
}

void take_sip(void)
{
    static char text[65536];
    Address from;
    socklen_t size = sizeof from;
    ssize_t length;
    while ((length = recvfrom(sip, text, sizeof text - 1, MSG_DONTWAIT, (struct sockaddr *)&from,
                              &size)) >= 0) {
        text[length] = 0;
        if (!strncmp(text, "INVITE ", 7)) {
            take_invite(text, &from);
        } else if (strncmp(text, "ACK ", 4) && strncmp(text, "SIP/2.0", 7) && length > 8) {
            char to[256];
            header(text, "To", to, sizeof to);
            const char *tag = strstr(to, "tag=t");
            if (!strncmp(text, "BYE ", 4) && tag) {
                leaves[atoi(tag + 5) % LEGS] = NEVER;
                end(atoi(tag + 5) % LEGS);
            }
            answer(text, &from, "200 OK", ";tag=none", "Content-Length: 0\r\n\r\n");
        }
    }
}
