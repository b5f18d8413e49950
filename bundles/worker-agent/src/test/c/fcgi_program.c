/* The usual program on top of libfcgi: echoes what it knows of the request. */
#include <fcgiapp.h>
#include <string.h>
#include <unistd.h>

int main(void)
{
    FCGX_Request request;
    if (FCGX_IsCGI()) {
        return 4;
    }
    FCGX_Init();
    FCGX_InitRequest(&request, 0, 0);
    while (FCGX_Accept_r(&request) == 0) {
        char body[65536];
        size_t total = 0;
        unsigned sum = 0;
        int received;
        while ((received = FCGX_GetStr(body, sizeof(body), request.in)) > 0) {
            total += (size_t)received;
            for (int i = 0; i < received; i++) {
                sum = sum * 31 + (unsigned char)body[i];
            }
        }
        FCGX_FPrintF(request.out, "Content-type: text/plain\r\n\r\nlibfcgi query=%s body=%d sum=%u\n",
                     FCGX_GetParam("QUERY_STRING", request.envp), (int)total, sum);
    }
    return 5;
}
