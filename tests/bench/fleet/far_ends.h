/* What the telephones of far_ends.c and their signalling in far_ends_sip.c know of each other. */

#include <arpa/inet.h>
#include <stdint.h>

typedef struct sockaddr_in Address;

enum { LEGS = 16384 };
#define NEVER INT64_MAX

extern const char *host;
extern int rtp_port;
extern int64_t talk_ns;      /* until who is called at an odd number hangs up; 0: never */

int64_t now(void);           /* ns, by the clock of the kernel's time stamps */
void fail(const char *what);
int bound(int *port);        /* a socket, -1 where the port is taken; 0 is any */

void begin(int number, int port);   /* talk with that port */
void end(int number);

void bind_sip(int port);
void take_sip(void);
void hang_up_where_due(int64_t time);
