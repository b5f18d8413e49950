package org.fpm4j.fastcgi;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class CgiResponseTest {
  @Test
  void takesFieldsAndBodyApart() {
    CgiResponse response =
        parse("Status: 404 Not Found\r\nContent-type: text/html; charset=UTF-8\r\n\r\nnö\r\n\r\n!");
    assertEquals(404, response.status());
    assertEquals(Optional.of("text/html; charset=UTF-8"), response.header("Content-Type"));
    assertEquals("nö\r\n\r\n!", response.bodyText());
  }

  @Test
  void lineFeedsAloneEndLinesToo() {
    CgiResponse response = parse("A: b\nC:d\n\nbody");
    assertEquals(200, response.status());
    assertEquals(Optional.of("d"), response.header("c"));
    assertEquals("body", response.bodyText());
  }

  @Test
  void outputWithoutAnEmptyLineIsAllBody() {
    assertEquals("Status: 500\nx", parse("Status: 500\nx").bodyText());
    assertEquals("", parse("").bodyText());
  }

  @Test
  void statusThatIsNoneCountsAs200() {
    assertEquals(200, parse("Status: wrong\n\n").status());
    assertEquals(200, parse("Status: \n\n").status());
    assertEquals(302, parse("Status: 302\n\n").status());
  }

  private static CgiResponse parse(String output) {
    return CgiResponse.parse(ByteBuffer.wrap(output.getBytes(StandardCharsets.UTF_8)));
  }
}
