package org.fpm4j.scoreboard;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Scanner;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MappedScoreboardTest {
  private static final ScoreboardIdentity WWW_3 =
      new ScoreboardIdentity("www", 3, 123_456_789L, 1_700_000_000_000L);

  @TempDir Path runDirectory;

  @Test
  void createdFileIsPrivateSparseAndOfTheRightLength() throws IOException {
    Path file = runDirectory.resolve("www.3.scoreboard");
    MappedScoreboard.create(file, 1000, WWW_3);
    assertEquals(ScoreboardLayout.fileLength(1000), Files.size(file));
    assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertTrue(allocatedBytes(file) <= 64 * 1024, "only the header's page is stored");
  }

  private static long allocatedBytes(Path file) throws IOException {
    Process du = new ProcessBuilder("du", "-k", file.toString()).start();
    try (Scanner output = new Scanner(du.getInputStream(), StandardCharsets.UTF_8)) {
      return 1024 * output.nextLong();
    }
  }

  @Test
  void attachSeesWhatAnotherMappingWrote() throws IOException {
    Path file = runDirectory.resolve("www.3.scoreboard");
    MappedScoreboard created = MappedScoreboard.create(file, 4, WWW_3);
    MappedScoreboard attached = MappedScoreboard.attach(file);
    assertEquals(4, attached.slots());
    assertEquals(WWW_3, attached.identity());
    created.workerWriter(3).start(4711, 5);
    assertEquals(4711, attached.reader().pid(3));
  }

  @Test
  void takingTheSpaceOfASlotTakesBackAnOrderToRetire() throws IOException {
    Path file = runDirectory.resolve("www.3.scoreboard");
    MappedScoreboard created = MappedScoreboard.create(file, 4, WWW_3);
    int order = ScoreboardLayout.HEADER_SIZE + 2 * ScoreboardLayout.SLOT_SIZE;
    order += ScoreboardLayout.RETIRE_OFFSET;
    created.masterWriter().retire(2, -1);
    assertEquals(-1, Files.readAllBytes(file)[order]);
    created.takeSpace(2);
    assertEquals(0, Files.readAllBytes(file)[order]);
    Files.delete(file);
    created.takeSpace(3);
  }

  @Test
  void overlongPoolNameIsCutAtACharacter() throws IOException {
    Path file = runDirectory.resolve("long");
    MappedScoreboard.create(file, 1, new ScoreboardIdentity("x" + "é".repeat(40), 1, 0, 0));
    assertEquals("x" + "é".repeat(31), MappedScoreboard.attach(file).identity().pool());
  }

  @Test
  void doesNotOverwriteAnExistingFile() throws IOException {
    Path file = Files.createFile(runDirectory.resolve("www.3.scoreboard"));
    assertThrows(FileAlreadyExistsException.class, () -> MappedScoreboard.create(file, 4, WWW_3));
    assertEquals(0, Files.size(file));
  }

  @Test
  void refusesFileThatIsNotReady() throws IOException {
    refuses(ScoreboardLayout.VERSION_OFFSET, 0, "layout version 0");
  }

  @Test
  void refusesOtherVersion() throws IOException {
    refuses(ScoreboardLayout.VERSION_OFFSET, 2, "layout version 2");
  }

  @Test
  void refusesWrongMagic() throws IOException {
    refuses(ScoreboardLayout.MAGIC_OFFSET, 1, "magic");
  }

  @Test
  void refusesWrongHeaderSize() throws IOException {
    refuses(ScoreboardLayout.HEADER_SIZE_OFFSET, 4096, "header size is 4096, expected 16384");
  }

  @Test
  void refusesWrongSlotSize() throws IOException {
    refuses(ScoreboardLayout.SLOT_SIZE_OFFSET, -1, "slot size is -1");
  }

  @Test
  void refusesSlotCountThatTheFileHasNot() throws IOException {
    refuses(ScoreboardLayout.SLOT_COUNT_OFFSET, Integer.MAX_VALUE, "slot count is 2147483647");
  }

  @Test
  void refusesRecordedLengthThatTheFileHasNot() throws IOException {
    refuses(ScoreboardLayout.LENGTH_OFFSET, 8192, "recorded length 8192");
  }

  private void refuses(int offset, int value, String complaint) throws IOException {
    Path file = runDirectory.resolve("www.3.scoreboard");
    MappedScoreboard.create(file, 2, WWW_3);
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
      ByteBuffer bytes = ByteBuffer.allocate(4).order(ByteOrder.nativeOrder()).putInt(value);
      channel.write(bytes.flip(), offset);
    }
    String message =
        assertThrows(ScoreboardFormatException.class, () -> MappedScoreboard.attach(file))
            .getMessage();
    assertTrue(message.contains(complaint), message);
    assertTrue(message.contains(file.toString()), message);
  }

  @Test
  void refusesEveryTruncation() throws IOException {
    Path file = runDirectory.resolve("www.3.scoreboard");
    MappedScoreboard.create(file, 3, WWW_3);
    for (long length : new long[] {0, 1, 8192, 16_383, 16_384, 20_479, 20_480, 28_671}) {
      Path cut = runDirectory.resolve("cut" + length);
      Files.copy(file, cut);
      try (FileChannel channel = FileChannel.open(cut, StandardOpenOption.WRITE)) {
        channel.truncate(length);
      }
      assertThrows(ScoreboardFormatException.class, () -> MappedScoreboard.attach(cut));
    }
  }

  @Test
  void refusesEmptyAndMissingFiles() throws IOException {
    Path empty = Files.createFile(runDirectory.resolve("empty"));
    assertThrows(ScoreboardFormatException.class, () -> MappedScoreboard.attach(empty));
    assertFalse(Files.exists(runDirectory.resolve("missing")));
    assertThrows(IOException.class, () -> MappedScoreboard.attach(runDirectory.resolve("missing")));
  }
}
