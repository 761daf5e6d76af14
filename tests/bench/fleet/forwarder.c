/* The floor of what a bridge can cost: forwards each datagram, by one recvfrom and one sendto, and
 * knows nothing of what is in it.
 *
 *     forwarder HOST PORT PAIRS
 *
 * What comes to port PORT + 2n goes on from PORT + 2n + 1, to whoever spoke to that last, and the
 * other way round. Prints {} when it listens, and ends with its standard input.
 */

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { MOST = 65536, EVENTS = 64, INPUT = MOST };

static int sockets[MOST];
static struct sockaddr_in far_end[MOST];

int main(int arguments, char **argument)
{
    if (arguments != 4)
        return 2;
    int queue = epoll_create1(0), port = atoi(argument[2]), count = 2 * atoi(argument[3]);
    struct epoll_event event = {.events = EPOLLIN, .data.u32 = INPUT}, events[EVENTS];
    epoll_ctl(queue, EPOLL_CTL_ADD, 0, &event);
    for (int i = 0; i < count; i++) {
        struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port + i)};
        inet_pton(AF_INET, argument[1], &address.sin_addr);
        sockets[i] = socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK, 0);
        if (bind(sockets[i], (struct sockaddr *)&address, sizeof address)) {
            perror("bind");
            return 1;
        }
        event.data.u32 = i;
        epoll_ctl(queue, EPOLL_CTL_ADD, sockets[i], &event);
    }
    puts("{}");
    fflush(stdout);
    for (;;) {
        int came = epoll_wait(queue, events, EVENTS, -1);
        for (int i = 0; i < came; i++) {
            unsigned one = events[i].data.u32, other = one ^ 1;
            char packet[2048];
            socklen_t size = sizeof far_end[0];
            if (one == INPUT)
                return 0;
            ssize_t length = recvfrom(sockets[one], packet, sizeof packet, 0,
                                      (struct sockaddr *)&far_end[one], &size);
            if (length >= 0 && far_end[other].sin_port)
                sendto(sockets[other], packet, length, 0, (struct sockaddr *)&far_end[other], size);
        }
    }
}
