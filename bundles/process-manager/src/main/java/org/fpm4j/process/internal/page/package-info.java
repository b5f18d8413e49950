/**
 * The pages a pool answers about itself, as php-fpm 8.2 writes them byte for byte: status in five
 * forms, and ping. Knows snapshots and FastCGI requests; nothing of processes and sockets.
 */
package org.fpm4j.process.internal.page;
