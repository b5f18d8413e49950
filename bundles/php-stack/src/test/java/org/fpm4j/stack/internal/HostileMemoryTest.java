package org.fpm4j.stack.internal;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.ByteBuffer;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.fpm4j.stack.Frame;
import org.fpm4j.stack.PhpStack;

/** Whatever a worker's memory holds, reading it ends, soon and with a stack. */
class HostileMemoryTest {

  /** Random bytes in which every aligned word may point into the same random bytes. */
  private record Noise(long seed, int pointers) implements Memory {
    @Override
    public boolean read(long address, ByteBuffer into) {
      if (address % 7 == 3) {
        return false;
      }
      Random random = new Random(seed ^ address);
      while (into.remaining() >= Long.BYTES) {
        into.putLong(
            random.nextInt(100) < pointers
                ? 0x7000_0000_0000L + random.nextInt(1 << 16) * 8L
                : random.nextInt(4) == 0 ? random.nextInt(16) : random.nextLong());
      }
      return true;
    }
  }

  @Property(tries = 2000)
  void randomMemoryGivesAShortStack(
      @ForAll long seed, @ForAll @IntRange(max = 100) int pointers, @ForAll ZendLayout layout) {
    PhpAddresses php = new PhpAddresses(layout, 0x7000_0000_0000L, 0x7000_0000_1000L);
    PhpStack stack = new StackWalk(new PagedMemory(new Noise(seed, pointers)), php).read(50);
    assertTrue(stack.frames().size() <= 50);
    assertTrue(stack.script().length() <= 1023);
    for (Frame frame : stack.frames()) {
      assertTrue(frame.function().length() <= 1023 && frame.file().length() <= 1023);
    }
  }

  @Property(tries = 2000)
  void damagedStackGivesAShorterOne(
      @ForAll @IntRange(max = 1 << 17) int where, @ForAll long value) {
    FakePhp php = new FakePhp(ZendLayout.PHP_8_4).script("/srv/index.php");
    long function = php.userFunction("C", "f", "/f.php", 1);
    for (int i = 0; i < 30; i++) {
      php.call(
          i % 2 == 0 ? function : php.internalFunction("", "g" + i),
          1,
          i % 2 == 0 ? Frame.Kind.USER : Frame.Kind.INTERNAL);
    }
    php.putLong(0x7f00_0000_0000L + where / 16 * 8L, value);
    PhpStack stack = new StackWalk(new PagedMemory(php), php.addresses()).read(100);
    assertTrue(stack.frames().size() <= 100);
  }
}
