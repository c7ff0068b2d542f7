/* It prints its line, and the line stays in the program: nothing flushes it. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

int main(int argc, char **argv) {
	if (argc != 3)
		return 2;
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[2]))};
	inet_pton(AF_INET, argv[1], &at.sin_addr);
	int fd = socket(AF_INET, SOCK_DGRAM, 0);
	if (bind(fd, (struct sockaddr *)&at, sizeof at) != 0)
		return 1;
	printf("waiting on port %s\n", argv[2]);
	for (;;) {
		char msg[1024];
		struct sockaddr_in from;
		socklen_t size = sizeof from;
		ssize_t n = recvfrom(fd, msg, sizeof msg, 0, (struct sockaddr *)&from, &size);
		sendto(fd, n % 2 ? "Err" : "OK", n % 2 ? 3 : 2, 0, (struct sockaddr *)&from, size);
	}
}
