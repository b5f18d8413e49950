package org.fpm4j.stack.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.fpm4j.stack.Frame;
import org.fpm4j.stack.Frame.Kind;
import org.fpm4j.stack.PhpStack;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StackWalkTest {

  private final FakePhp php = new FakePhp(ZendLayout.PHP_8_2);

  private static PhpStack read(FakePhp php, int most) {
    return new StackWalk(new PagedMemory(php), php.addresses()).read(most);
  }

  private PhpStack read() {
    return read(php, 100);
  }

  private static List<String> names(PhpStack stack) {
    return stack.frames().stream().map(Frame::name).toList();
  }

  @ParameterizedTest
  @EnumSource
  void readsFramesOfEachVersion(ZendLayout layout) {
    FakePhp each = new FakePhp(layout).script("/srv/index.php");
    each.call(each.userFunction("", "", "/srv/index.php", 1), 4, Kind.MAIN);
    each.call(each.userFunction("", "", "/srv/lib.php", 1), 2, Kind.INCLUDE);
    each.call(each.userFunction("App\\Db", "query", "/srv/db.php", 30), 3, Kind.USER);
    each.call(each.internalFunction("PDO", "exec"), 0, Kind.INTERNAL);

    PhpStack stack = read(each, 100);

    assertEquals(List.of("PDO::exec()", "App\\Db::query()", "include", "{main}"), names(stack));
    assertEquals(
        List.of(":0", "/srv/db.php:33", "/srv/lib.php:3", "/srv/index.php:5"),
        stack.frames().stream().map(frame -> frame.file() + ":" + frame.line()).toList());
    assertEquals("/srv/index.php", stack.script());
    assertEquals("", stack.note());
  }

  @Test
  void evalIsToldFromInclude() {
    php.call(php.userFunction("", "", "/srv/index.php", 1), 4, Kind.MAIN);
    String file = "/srv/index.php(5) : eval()'d code";
    php.call(php.evalCode(file), 1, Kind.EVAL);
    assertEquals(List.of("eval", "{main}"), names(read()));
    assertEquals(file, read().frames().get(0).file());
  }

  @Test
  void processThatRunsNoScriptHasNoFrames() {
    assertEquals(new PhpStack("", List.of(), ""), read());
  }

  @Test
  void depthIsKept() {
    long function = php.userFunction("", "deep", "/d.php", 1);
    for (int i = 0; i < 500; i++) {
      php.call(function, 1, Kind.USER);
    }
    assertEquals(7, read(php, 7).frames().size());
  }

  @Test
  void frameWithoutFunctionIsShownAsSuch() {
    php.call(php.userFunction("", "", "/m.php", 1), 1, Kind.MAIN);
    php.call(0, 0, Kind.NONE);
    assertEquals(List.of("???", "{main}"), names(read()));
  }

  @Test
  void functionJustEnteredShowsItsFirstLine() {
    php.call(php.userFunction("", "f", "/f.php", 40), 77, Kind.USER);
    assertEquals(40, read().frames().get(0).line());
  }

  @Test
  void loopOfFramesEndsAtTheDepth() {
    long frame = php.call(php.userFunction("", "f", "/f.php", 1), 1, Kind.USER);
    php.putLong(frame + ZendLayout.PREV_EXECUTE_DATA, frame);
    assertEquals(100, read().frames().size());
  }

  @Test
  void frameTornAwayEndsTheStackWithANote() {
    php.call(php.userFunction("", "", "/m.php", 1), 1, Kind.MAIN);
    long frame = php.call(php.internalFunction("", "sleep"), 0, Kind.INTERNAL);
    php.putLong(frame + ZendLayout.PREV_EXECUTE_DATA, 0x1234_5678_9abcL * 8);
    PhpStack stack = read();
    assertEquals(List.of("sleep()"), names(stack));
    assertNotEquals("", stack.note());
  }

  @Test
  void nameOfHugeLengthIsNone() {
    long function = php.internalFunction("", "f");
    long name = php.string("x");
    php.putLong(name + ZendLayout.STRING_LENGTH, Long.MAX_VALUE);
    php.putLong(function + ZendLayout.FUNCTION_NAME, name);
    php.call(function, 0, Kind.INTERNAL);
    assertEquals(List.of(), read().frames());
  }

  @Test
  void longNameIsCutAndControlsAreDots() {
    long function = php.internalFunction("", "f");
    byte[] bytes =
        "a\nb\u00e9\u00c2\u009b".concat("x".repeat(3000)).getBytes(StandardCharsets.ISO_8859_1);
    php.putLong(function + ZendLayout.FUNCTION_NAME, php.string(bytes));
    php.call(function, 0, Kind.INTERNAL);
    String name = read().frames().get(0).function();
    assertEquals(1022, name.length());
    assertTrue(name.startsWith("a.b\ufffd.x"), name);
  }

  @Test
  void anonymousClassEndsAtItsNul() {
    php.call(php.userFunction("class@anonymous\0/srv/a.php:3$0", "run", "/a.php", 1), 1, Kind.USER);
    assertEquals(List.of("class@anonymous::run()"), names(read()));
  }
}
