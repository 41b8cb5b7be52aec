package io.kreplica.security;

import io.kreplica.stack.Directories;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;

/** Somebody who signs certificates, which last for two days; made with the JDK's keytool. */
public final class Authority {

  private static final String STORE_PASSWORD = "of-the-store";
  private static final String SELF = "authority";

  private final Path directory;
  private final Path store;
  private final Identity self;

  private Authority(Path directory, String name) {
    this.directory = directory;
    this.store = directory.resolve("store.p12");
    this.self = make(SELF, name, "-ext", "bc:c");
  }

  /** One with a certificate that it has signed itself, and a directory of its own. */
  static Authority create(Path directory, String name) {
    return new Authority(Directories.create(directory), name);
  }

  /** Its own certificate and key. */
  Identity self() {
    return self;
  }

  /** Signs a certificate of a login, which is made out for the name of its role. */
  Identity ofLogin(String role) {
    return make(role, role, "-signer", SELF);
  }

  /** Signs a certificate of a server, which is made out for the host's name. */
  Identity ofServer(String host) {
    return make(host, host, "-signer", SELF, "-ext", "san=dns:" + host);
  }

  private Identity make(String alias, String name, String... more) {
    makeKey(alias, name, more);
    try {
      var keys = KeyStore.getInstance(store.toFile(), STORE_PASSWORD.toCharArray());
      return Identity.write(
          directory.resolve(alias),
          (PrivateKey) keys.getKey(alias, STORE_PASSWORD.toCharArray()),
          keys.getCertificateChain(alias));
    } catch (IOException | GeneralSecurityException e) {
      throw new IllegalStateException(e);
    }
  }

  private void makeKey(String alias, String name, String... more) {
    var keytool = Path.of(System.getProperty("java.home"), "bin", "keytool").toString();
    var command = new ArrayList<>(List.of(keytool, "-J-XX:TieredStopAtLevel=1", "-genkeypair"));
    command.addAll(List.of("-keystore", store.toString(), "-storepass", STORE_PASSWORD));
    command.addAll(List.of("-alias", alias, "-dname", "CN=" + name, "-validity", "2"));
    command.addAll(List.of("-keyalg", "EC", "-groupname", "secp256r1"));
    command.addAll(List.of(more));
    try {
      var process = new ProcessBuilder(command).redirectErrorStream(true).start();
      var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (process.waitFor() != 0) {
        throw new IllegalStateException("keytool has failed: " + said);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  /**
   * A certificate with its key, as files of the forms that PostgreSQL and its driver read.
   *
   * @param certificate as PEM
   * @param pemKey the key, as PostgreSQL's {@code ssl_key_file} wants it
   * @param derKey the key, as the driver's {@code sslkey} wants it
   * @param store certificate and key in a PKCS-12 file under the password {@link #KEY_PASSWORD}
   */
  public record Identity(Path certificate, Path pemKey, Path derKey, Path store) {

    static final String KEY_PASSWORD = "of-the-key";

    private static Identity write(Path files, PrivateKey key, Certificate[] chain)
        throws IOException, GeneralSecurityException {
      var identity =
          new Identity(
              files.resolveSibling(files.getFileName() + ".crt"),
              files.resolveSibling(files.getFileName() + ".key"),
              files.resolveSibling(files.getFileName() + ".pk8"),
              files.resolveSibling(files.getFileName() + ".p12"));
      Files.writeString(identity.certificate, pem("CERTIFICATE", chain[0].getEncoded()));
      // Neither the server nor the driver takes a key that others may read.
      for (var file : List.of(identity.pemKey, identity.derKey, identity.store)) {
        Files.createFile(
            file,
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
      }
      Files.writeString(identity.pemKey, pem("PRIVATE KEY", key.getEncoded()));
      Files.write(identity.derKey, key.getEncoded());
      var store = KeyStore.getInstance("PKCS12");
      store.load(null, null);
      // The driver looks for this alias.
      store.setKeyEntry("user", key, KEY_PASSWORD.toCharArray(), chain);
      try (var out = Files.newOutputStream(identity.store)) {
        store.store(out, KEY_PASSWORD.toCharArray());
      }
      return identity;
    }

    private static String pem(String what, byte[] encoded) {
      return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
          .formatted(what, Base64.getMimeEncoder(64, new byte[] {'\n'}).encodeToString(encoded));
    }
  }
}
