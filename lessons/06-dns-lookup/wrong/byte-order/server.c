/* It writes its numbers as the machine keeps them, the smaller byte first. */
#include <arpa/inet.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

struct header {
	uint16_t id, flags, questions, answers, authorities, additionals;
};

int main(int argc, char **argv) {
	if (argc != 3)
		return 2;
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[2]))};
	inet_pton(AF_INET, argv[1], &at.sin_addr);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (bind(fd, (struct sockaddr *)&at, sizeof at) != 0)
		return 1;
	printf("waiting for queries\n");
	fflush(stdout);
	for (;;) {
		unsigned char msg[512 + 16];
		struct sockaddr_in from;
		socklen_t size = sizeof from;
		ssize_t n = recvfrom(fd, msg, 512, 0, (struct sockaddr *)&from, &size);
		struct header *h = (struct header *)msg;
		h->flags = 0x8400;
		h->questions = 1;
		h->answers = 1;
		memcpy(msg + n, "\xc0\x0c\0\1\0\1\0\0\0\x3c\0\4\xc0\0\2\1", 16);
		sendto(fd, msg, n + 16, 0, (struct sockaddr *)&from, size);
	}
}
