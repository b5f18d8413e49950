package org.fpm4j.process.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.fpm4j.log.AccessFile;
import org.fpm4j.log.AccessFormat;
import org.fpm4j.posix.Descriptor;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class AccessWriterTest {

  private static final long PATIENCE = TimeUnit.SECONDS.toNanos(60);

  @TempDir Path temp;

  private final RecordingLog log = new RecordingLog();
  private final AtomicLong lost = new AtomicLong();

  private AccessWriter.Target target(Path path) throws Exception {
    return new AccessWriter.Target(
        AccessFile.open(path), new AccessFormat("%m %r%Q%q %s %P", "www"), Set.of("/ping"));
  }

  private static ByteBuffer record(String method, String uri, String query, int status) {
    ByteBuffer out = ByteBuffer.allocate(4096).order(ByteOrder.nativeOrder());
    out.putInt(0).putInt(1).putInt(4711).putInt(status).position(80);
    out.putShort((short) method.length()).putShort((short) uri.length());
    out.putShort((short) query.length()).position(96);
    out.put((method + uri + query).getBytes(StandardCharsets.ISO_8859_1));
    return out.putInt(0, out.position()).flip();
  }

  private void end(AccessWriter writer) throws InterruptedException {
    writer.end();
    writer.awaitEnd(PATIENCE);
    assertTrue(writer.hasEnded());
  }

  @Test
  void writesALineForEachRecordItDoesNotSuppress() throws Exception {
    Path file = temp.resolve("access.log");
    AccessWriter writer = new AccessWriter("www", log, target(file), lost);
    Descriptor.Pipe pipe = Descriptor.pipe();
    try (Descriptor worker = pipe.write()) {
      writer.read(pipe.read(), 99);
      worker.write(record("GET", "/a", "", 200));
      worker.write(record("GET", "/ping", "", 200));
      worker.write(record("HEAD", "/ping", "", 204));
      worker.write(record("GET", "/ping", "q", 200));
      worker.write(record("POST", "/ping", "", 200));
      worker.write(record("GET", "/ping", "", 404));
    }
    end(writer);
    assertEquals(
        "GET /a 200 99\nGET /ping?q 200 99\nPOST /ping 200 99\nGET /ping 404 99\n",
        Files.readString(file));
    assertEquals(0, lost.get());
  }

  @Test
  void readsOnBehindWhatIsNoRecord() throws Exception {
    Path file = temp.resolve("access.log");
    AccessWriter writer = new AccessWriter("www", log, target(file), lost);
    Descriptor.Pipe damaged = Descriptor.pipe();
    Descriptor.Pipe good = Descriptor.pipe();
    try (Descriptor bad = damaged.write();
        Descriptor worker = good.write()) {
      writer.read(damaged.read(), 1);
      writer.read(good.read(), 2);
      bad.write(ByteBuffer.wrap("this is no record at all".getBytes(StandardCharsets.UTF_8)));
      worker.write(record("GET", "/a", "", 200));
    }
    end(writer);
    assertEquals("GET /a 200 2\n", Files.readString(file));
    assertEquals(1, log.count("access records are damaged"));
    assertEquals(1, lost.get());
  }

  @Test
  void countsWhatAFullDeviceDoesNotTakeAndSaysSoOnce() throws Exception {
    AccessWriter writer = new AccessWriter("www", log, target(Path.of("/dev/full")), lost);
    Descriptor.Pipe pipe = Descriptor.pipe();
    try (Descriptor worker = pipe.write()) {
      writer.read(pipe.read(), 1);
      for (int i = 0; i < 500; i++) {
        worker.write(record("GET", "/a", "", 200));
      }
    }
    end(writer);
    assertEquals(500, lost.get());
    assertEquals(1, log.count("access log loses lines: No space left on device"));
  }

  @Test
  void recordsOfAfterAChangeOfFilesAreInTheNewOne() throws Exception {
    AccessWriter writer = new AccessWriter("www", log, target(temp.resolve("0.log")), lost);
    Descriptor.Pipe pipe = Descriptor.pipe();
    try (Descriptor worker = pipe.write()) {
      writer.read(pipe.read(), 1);
      for (int i = 1; i <= 200; i++) {
        Path file = temp.resolve(i + ".log");
        writer.target(target(file));
        worker.write(record("GET", "/" + i, "", 200));
        while (Files.size(file) == 0 && i % 2 == 0) {
          Thread.onSpinWait();
        }
      }
    }
    end(writer);
    // The reader may have slept through a change: then its records are in a later file, not lost.
    StringBuilder all = new StringBuilder();
    for (int i = 0; i <= 200; i++) {
      String lines = Files.readString(temp.resolve(i + ".log"));
      int file = i;
      assertTrue(
          lines
              .lines()
              .allMatch(line -> Integer.parseInt(line.replaceAll("\\D+(\\d+) .*", "$1")) <= file),
          lines);
      all.append(lines);
    }
    assertEquals(200, all.toString().lines().count());
  }
}
