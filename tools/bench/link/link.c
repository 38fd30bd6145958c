/*
 * link - a long, narrow or lossy network link between two network namespaces, in user space.
 *
 * A TUN device in each namespace hands IP packets to this program. A packet waits for its turn at the link's rate, is
 * dropped where the router's queue is full or the loss generator says so, and comes out of the other device after the
 * delay. Both ends are the kernel's real TCP. Needs root and /dev/net/tun; no netem, no qdisc, no kernel module.
 *
 *     cc -O2 -o link link.c
 *     ip netns add near; ip netns add far
 *     link near=10.77.0.1 far=10.77.0.2 delay=40 rate=200 loss=0.01
 *
 * Settings, each NAME=VALUE:
 *     delay   one-way delay in milliseconds                              (40)
 *     rate    Mbit/s in each direction, 0 for no limit                   (200)
 *     queue   kilobytes that may wait for their turn                     (one bandwidth-delay product of a round trip)
 *     loss    percent of the packets that get lost, each direction       (0)
 *     seed    of the loss generator                                      (1)
 *     coarse  1: TCP may hand over segments of up to 64 KB at once. Far less work for this machine; rate and
 *             queue still count the headers that a wire would carry. Not with loss.   (0)
 * Any other NAME=ADDRESS pair is an end: a namespace and its address; there are two of them.
 *
 * Prints "ready" when both ends are up. On SIGTERM it prints one line of JSON with what crossed, and ends.
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/if_tun.h>
#include <linux/virtio_net.h>
#include <math.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#define MTU 1500
#define PREFIX sizeof(struct virtio_net_hdr)
#define LARGEST (PREFIX + 65536)
#define NS_PER_S 1000000000.0

static void fail(const char *what)
{
	fprintf(stderr, "link: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void usage(const char *what)
{
	fprintf(stderr, "link: %s\nusage: link NAMESPACE=ADDRESS NAMESPACE=ADDRESS"
			" [delay=MS] [rate=MBIT] [queue=KB] [loss=PERCENT] [seed=N] [coarse=1]\n", what);
	exit(2);
}

static int64_t now(void)
{
	struct timespec t;
	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* One direction of the link. Packets in flight form a queue in the order of their arrival times. */
struct flight {
	struct flight *next;
	int64_t arrives;
	size_t size;
	unsigned char packet[];
};

struct lane {
	int from, to;
	struct flight *first, **last;
	int64_t free_at; /* when the wire has sent all that is queued */
	uint64_t packets, bytes, lost, dropped;
};

struct link {
	double ns_per_byte;
	double queue;       /* bytes */
	int64_t delay;      /* ns */
	uint64_t lose_below; /* a packet is lost when a random 64-bit number is below this */
	uint64_t random;
};

/* xorshift64*: enough for loss, and the same loss for the same seed. */
static uint64_t draw(struct link *link)
{
	link->random ^= link->random >> 12;
	link->random ^= link->random << 25;
	link->random ^= link->random >> 27;
	return link->random * 2685821657736338717u;
}

/* What a packet weighs on the wire: a large segment is cut into MTU-sized ones, each with a header of its own. */
static double wire_size(const unsigned char *packet, size_t size)
{
	struct virtio_net_hdr header;
	memcpy(&header, packet, sizeof header);
	size_t ip = size - PREFIX;
	if (header.gso_type == VIRTIO_NET_HDR_GSO_NONE || header.gso_size == 0 || ip <= header.hdr_len)
		return (double)ip;
	size_t payload = ip - header.hdr_len;
	size_t segments = (payload + header.gso_size - 1) / header.gso_size;
	return (double)(payload + segments * header.hdr_len);
}

static void accept_packet(struct link *link, struct lane *lane, const unsigned char *packet, size_t size)
{
	int64_t at = now();
	if (link->lose_below > 0 && draw(link) < link->lose_below) {
		lane->lost++;
		return;
	}
	double bytes = wire_size(packet, size);
	int64_t starts = lane->free_at > at ? lane->free_at : at;
	if (link->ns_per_byte > 0) {
		double waiting = (double)(starts - at) / link->ns_per_byte;
		if (waiting + bytes > link->queue) {
			lane->dropped++;
			return;
		}
	}
	lane->free_at = starts + (int64_t)llround(bytes * link->ns_per_byte);
	struct flight *flight = malloc(sizeof *flight + size);
	if (flight == NULL)
		fail("memory");
	*flight = (struct flight){.next = NULL, .arrives = lane->free_at + link->delay, .size = size};
	memcpy(flight->packet, packet, size);
	*lane->last = flight;
	lane->last = &flight->next;
	lane->packets++;
	lane->bytes += (uint64_t)bytes;
}

/* Hands out what has arrived; returns when the next packet will, or 0. */
static int64_t deliver(struct lane *lane)
{
	while (lane->first != NULL && lane->first->arrives <= now()) {
		struct flight *flight = lane->first;
		if (write(lane->to, flight->packet, flight->size) < 0 && errno == EAGAIN)
			return now() + 100000;
		lane->first = flight->next;
		if (lane->first == NULL)
			lane->last = &lane->first;
		free(flight);
	}
	return lane->first == NULL ? 0 : lane->first->arrives;
}

static void bring_up(int control, const char *name)
{
	struct ifreq request = {0};
	snprintf(request.ifr_name, sizeof request.ifr_name, "%s", name);
	if (ioctl(control, SIOCGIFFLAGS, &request) < 0)
		fail(name);
	request.ifr_flags |= IFF_UP | IFF_RUNNING;
	if (ioctl(control, SIOCSIFFLAGS, &request) < 0)
		fail(name);
}

static struct sockaddr_in address_of(const char *text)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	if (inet_pton(AF_INET, text, &address.sin_addr) != 1)
		usage("an end is written NAMESPACE=ADDRESS");
	return address;
}

/* Opens a TUN device named wan0 in the namespace, with its own and its peer's address. */
static int open_end(const char *space, const char *address, const char *peer, bool coarse)
{
	char path[256];
	snprintf(path, sizeof path, "/run/netns/%s", space);
	int home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	int there = open(path, O_RDONLY | O_CLOEXEC);
	if (home < 0 || there < 0 || setns(there, CLONE_NEWNET) < 0)
		fail(path);

	int device = open("/dev/net/tun", O_RDWR | O_NONBLOCK | O_CLOEXEC);
	if (device < 0)
		fail("/dev/net/tun");
	struct ifreq request = {0};
	snprintf(request.ifr_name, sizeof request.ifr_name, "wan0");
	request.ifr_flags = IFF_TUN | IFF_NO_PI | IFF_VNET_HDR;
	if (ioctl(device, TUNSETIFF, &request) < 0)
		fail("TUNSETIFF");
	int prefix = PREFIX;
	/* Checksums stay undone: both ends are this kernel, and it trusts itself. */
	unsigned long offload = TUN_F_CSUM | (coarse ? TUN_F_TSO4 : 0);
	if (ioctl(device, TUNSETVNETHDRSZ, &prefix) < 0 || ioctl(device, TUNSETOFFLOAD, offload) < 0)
		fail("offload");

	int control = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	struct sockaddr_in own = address_of(address), other = address_of(peer);
	memcpy(&request.ifr_addr, &own, sizeof own);
	if (ioctl(control, SIOCSIFADDR, &request) < 0)
		fail(address);
	memcpy(&request.ifr_dstaddr, &other, sizeof other);
	if (ioctl(control, SIOCSIFDSTADDR, &request) < 0)
		fail(peer);
	request.ifr_mtu = MTU;
	if (ioctl(control, SIOCSIFMTU, &request) < 0)
		fail("MTU");
	/* The device must never be what drops: that is the modelled queue's part. */
	request.ifr_qlen = 16384;
	if (ioctl(control, SIOCSIFTXQLEN, &request) < 0)
		fail("queue length");
	bring_up(control, "wan0");
	bring_up(control, "lo");
	close(control);
	close(there);
	if (setns(home, CLONE_NEWNET) < 0)
		fail("the way back");
	close(home);
	return device;
}

static void watch(int poll, int descriptor)
{
	struct epoll_event event = {.events = EPOLLIN, .data.fd = descriptor};
	if (epoll_ctl(poll, EPOLL_CTL_ADD, descriptor, &event) < 0)
		fail("epoll");
}

static void report(const struct lane lanes[2])
{
	const char *names[] = {"there", "back"};
	printf("{");
	for (int i = 0; i < 2; i++)
		printf("%s\"%s\":{\"packets\":%llu,\"bytes\":%llu,\"lost\":%llu,\"dropped\":%llu}", i ? "," : "", names[i],
		       (unsigned long long)lanes[i].packets, (unsigned long long)lanes[i].bytes,
		       (unsigned long long)lanes[i].lost, (unsigned long long)lanes[i].dropped);
	printf("}\n");
}

int main(int argc, char **argv)
{
	const char *spaces[2], *addresses[2];
	int ends = 0;
	double delay = 40, rate = 200, queue = -1, loss = 0, seed = 1, coarse = 0;
	for (int i = 1; i < argc; i++) {
		char *equals = strchr(argv[i], '=');
		if (equals == NULL)
			usage("a setting is written NAME=VALUE");
		*equals = 0;
		const char *name = argv[i], *value = equals + 1;
		double *setting = !strcmp(name, "delay")   ? &delay
				  : !strcmp(name, "rate")   ? &rate
				  : !strcmp(name, "queue")  ? &queue
				  : !strcmp(name, "loss")   ? &loss
				  : !strcmp(name, "seed")   ? &seed
				  : !strcmp(name, "coarse") ? &coarse
							    : NULL;
		if (setting != NULL) {
			*setting = atof(value);
		} else {
			if (ends == 2)
				usage("a link has two ends");
			spaces[ends] = name;
			addresses[ends++] = value;
		}
	}
	if (ends != 2)
		usage("a link has two ends");
	if (coarse != 0 && loss > 0)
		usage("coarse=1 cannot lose single packets");

	struct link link = {
		.ns_per_byte = rate > 0 ? 8 * NS_PER_S / (rate * 1e6) : 0,
		.delay = (int64_t)(delay * 1e6),
		.queue = queue >= 0 ? queue * 1024 : rate * 1e6 / 8 * 2 * delay / 1e3,
		.lose_below = (uint64_t)(loss / 100 * 18446744073709549568.0),
		.random = (uint64_t)seed * 0x9e3779b97f4a7c15u + 1,
	};
	if (link.queue < 128 * 1024)
		link.queue = 128 * 1024;

	sigset_t signals;
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigprocmask(SIG_BLOCK, &signals, NULL);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	prctl(PR_SET_TIMERSLACK, 1);

	int devices[2];
	for (int i = 0; i < 2; i++)
		devices[i] = open_end(spaces[i], addresses[i], addresses[1 - i], coarse != 0);
	struct lane lanes[2] = {{.from = devices[0], .to = devices[1]}, {.from = devices[1], .to = devices[0]}};
	for (int i = 0; i < 2; i++)
		lanes[i].last = &lanes[i].first;

	int stop = signalfd(-1, &signals, SFD_CLOEXEC), timer = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	int poll = epoll_create1(EPOLL_CLOEXEC);
	watch(poll, stop);
	watch(poll, timer);
	watch(poll, devices[0]);
	watch(poll, devices[1]);
	printf("ready\n");
	fflush(stdout);

	static unsigned char packet[LARGEST];
	for (;;) {
		int64_t next = 0;
		for (int i = 0; i < 2; i++) {
			int64_t due = deliver(&lanes[i]);
			if (due != 0 && (next == 0 || due < next))
				next = due;
		}
		struct itimerspec alarm = {.it_value = {.tv_sec = next / 1000000000, .tv_nsec = next % 1000000000}};
		timerfd_settime(timer, TFD_TIMER_ABSTIME, &alarm, NULL);
		struct epoll_event events[4];
		int ready = epoll_wait(poll, events, 4, -1);
		for (int e = 0; e < ready; e++) {
			int descriptor = events[e].data.fd;
			if (descriptor == stop) {
				report(lanes);
				return 0;
			}
			for (int i = 0; i < 2; i++) {
				if (descriptor != lanes[i].from)
					continue;
				/* A bounded batch, so that neither direction nor a delivery waits for the other. */
				for (int n = 0; n < 64; n++) {
					ssize_t size = read(lanes[i].from, packet, sizeof packet);
					if (size <= (ssize_t)PREFIX)
						break;
					accept_packet(&link, &lanes[i], packet, (size_t)size);
				}
			}
		}
	}
}
