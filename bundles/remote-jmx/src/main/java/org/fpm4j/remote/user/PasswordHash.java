package org.fpm4j.remote.user;

import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;
import javax.crypto.SecretKeyFactory;
import javax.crypto.spec.PBEKeySpec;

/**
 * A password as it is stored: PBKDF2 (RFC 8018) with HMAC-SHA-256, {@code
 * pbkdf2-sha256:iterations:salt:key}, both in Base64. Immutable.
 */
public final class PasswordHash {

  private static final String SCHEME = "pbkdf2-sha256";
  private static final int ITERATIONS = 100_000;

  /** More would let a line of the file hold up the master. */
  private static final int MOST_ITERATIONS = 10_000_000;

  private static final int BITS = 256;
  private static final int SALT_BYTES = 16;

  private final int iterations;
  private final byte[] salt;
  private final byte[] key;

  private PasswordHash(int iterations, byte[] salt, byte[] key) {
    this.iterations = iterations;
    this.salt = salt;
    this.key = key;
  }

  /** Hashes a password with a salt of its own. */
  public static PasswordHash of(char[] password) {
    byte[] salt = new byte[SALT_BYTES];
    new SecureRandom().nextBytes(salt);
    return new PasswordHash(ITERATIONS, salt, derive(password, salt, ITERATIONS));
  }

  /**
   * Reads a stored one.
   *
   * @throws IllegalArgumentException if it is none; the message does not repeat it
   */
  public static PasswordHash parse(String text) {
    String[] parts = text.split(":", -1);
    if (parts.length != 4 || !parts[0].equals(SCHEME)) {
      throw new IllegalArgumentException("no hash of the form " + SCHEME + ":iterations:salt:key");
    }
    int iterations = Integer.parseInt(parts[1]);
    byte[] key = Base64.getDecoder().decode(parts[3]);
    if (iterations < 1 || iterations > MOST_ITERATIONS || key.length != BITS / Byte.SIZE) {
      throw new IllegalArgumentException("a hash with wrong numbers");
    }
    return new PasswordHash(iterations, Base64.getDecoder().decode(parts[2]), key);
  }

  /** Whether this is the password; takes a tenth of a second, whatever the answer. */
  public boolean matches(char[] password) {
    return MessageDigest.isEqual(key, derive(password, salt, iterations));
  }

  private static byte[] derive(char[] password, byte[] salt, int iterations) {
    PBEKeySpec spec = new PBEKeySpec(password, salt, iterations, BITS);
    try {
      return SecretKeyFactory.getInstance("PBKDF2WithHmacSHA256").generateSecret(spec).getEncoded();
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException("every Java platform since 8 has this hash", e);
    } finally {
      spec.clearPassword();
    }
  }

  /** As stored. */
  @Override
  public String toString() {
    Base64.Encoder base64 = Base64.getEncoder();
    return String.join(
        ":",
        SCHEME,
        Integer.toString(iterations),
        base64.encodeToString(salt),
        base64.encodeToString(key));
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PasswordHash that
        && iterations == that.iterations
        && Arrays.equals(salt, that.salt)
        && Arrays.equals(key, that.key);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(key);
  }
}
