/**
 * FastCGI: records both ways, a client, and a server on the event loop for what the master answers
 * itself. Names and section numbers are those of the <a
 * href="https://fastcgi-archives.github.io/FastCGI_Specification.html">FastCGI 1.0
 * specification</a>. The codec and the client need nothing but the JDK.
 */
@Export
@Version("0.1.0")
package org.fpm4j.fastcgi;

import org.osgi.annotation.bundle.Export;
import org.osgi.annotation.versioning.Version;
