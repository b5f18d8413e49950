use FCGI;
my $request = FCGI::Request();
while ($request->Accept() >= 0) {
    my $body = '';
    read(STDIN, $body, $ENV{CONTENT_LENGTH} || 0);
    print "Content-type: text/plain\r\n\r\nperl query=$ENV{QUERY_STRING} body=" . length($body) . " pid=$$ ppid=" . getppid() . "\n";
}
exit 6;
