/* It writes through stdio, and the hello stays in the program: nothing flushes it. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>

int main(int argc, char **argv) {
	if (argc != 3)
		return 2;
	struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(atoi(argv[2]))};
	inet_pton(AF_INET, argv[1], &to.sin_addr);
	int fd = socket(AF_INET, SOCK_STREAM, 0);
	if (connect(fd, (struct sockaddr *)&to, sizeof to) != 0)
		return 1;
	FILE *out = fdopen(fd, "w"), *in = fdopen(fd, "r");
	char line[1024];
	fputs("Hello, World!\n", out);
	if (fgets(line, sizeof line, in))
		printf("it said %s", line);
	fclose(out);
	return 0;
}
