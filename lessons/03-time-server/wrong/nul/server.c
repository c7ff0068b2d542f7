/* It sends the byte 0 that ends its string. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
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
	for (;;) {
		int fd = accept(door, NULL, NULL);
		time_t now = time(NULL);
		char *text = ctime(&now);
		write(fd, text, strlen(text) + 1);
		close(fd);
	}
}
