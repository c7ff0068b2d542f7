/* It compares its whole buffer, and there is older text behind what came. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

int main(int argc, char **argv) {
	if (argc != 3)
		return 2;
	struct sockaddr_in at = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[2]))};
	inet_pton(AF_INET, argv[1], &at.sin_addr);
	int door = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(door, (struct sockaddr *)&at, sizeof at) != 0 || listen(door, 5) != 0)
		return 1;
	printf("waiting on port %s\n", argv[2]);
	fflush(stdout);
	char msg[1025] = "";
	for (;;) {
		int fd = accept(door, NULL, NULL);
		while (read(fd, msg, 1024) > 0) {
			if (strcmp(msg, "close") == 0) {
				write(fd, "bye", 3);
				break;
			}
			write(fd, "OK", 2);
		}
		close(fd);
	}
}
