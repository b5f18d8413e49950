package org.fpm4j.posix.internal;

import com.kenai.jffi.LastError;

/**
 * Every function of libc this project calls, under its own name, arguments and result as in section
 * 2 or 3 of the manual. Pointers are {@code long} addresses, see {@link Scratch}.
 *
 * <p>The library is opened when this class is first used. A function that returned -1 left its
 * reason in {@link #errno()}, which is kept per thread and survives whatever the JVM does between.
 */
public final class LibC {
  private static final LastError ERRNO = LastError.getInstance();

  private static final Function SOCKET = new Function("socket");
  private static final Function SOCKETPAIR = new Function("socketpair");
  private static final Function SETSOCKOPT = new Function("setsockopt");
  private static final Function GETSOCKOPT = new Function("getsockopt");
  private static final Function BIND = new Function("bind");
  private static final Function LISTEN = new Function("listen");
  private static final Function CONNECT = new Function("connect");
  private static final Function ACCEPT4 = new Function("accept4");
  private static final Function GETSOCKNAME = new Function("getsockname");
  private static final Function GETPEERNAME = new Function("getpeername");
  private static final Function SEND = new Function("send");
  private static final Function RECV = new Function("recv");
  private static final Function SENDMSG = new Function("sendmsg");
  private static final Function RECVMSG = new Function("recvmsg");
  private static final Function SHUTDOWN = new Function("shutdown");
  private static final Function PIPE2 = new Function("pipe2");
  private static final Function READ = new Function("read");
  private static final Function WRITE = new Function("write");
  private static final Function CLOSE = new Function("close");
  private static final Function FCNTL = new Function("fcntl");
  private static final Function OPEN = new Function("open");
  private static final Function FTRUNCATE = new Function("ftruncate");
  private static final Function FSTAT = new Function("fstat");
  private static final Function FLOCK = new Function("flock");
  private static final Function CHMOD = new Function("chmod");
  private static final Function FCHMOD = new Function("fchmod");
  private static final Function CHOWN = new Function("chown");
  private static final Function SETXATTR = new Function("setxattr");
  private static final Function UMASK = new Function("umask");
  private static final Function KILL = new Function("kill");
  private static final Function WAITPID = new Function("waitpid");
  private static final Function WAITID = new Function("waitid");
  private static final Function SYSCALL = new Function("syscall");
  private static final Function PRCTL = new Function("prctl");
  private static final Function GETPID = new Function("getpid");
  private static final Function GETUID = new Function("getuid");
  private static final Function GETEUID = new Function("geteuid");
  private static final Function GETEGID = new Function("getegid");
  private static final Function GETRLIMIT = new Function("getrlimit");
  private static final Function SETRLIMIT = new Function("setrlimit");
  private static final Function SETPRIORITY = new Function("setpriority");
  private static final Function SIGNALFD = new Function("signalfd");
  private static final Function EVENTFD = new Function("eventfd");
  private static final Function EPOLL_CREATE1 = new Function("epoll_create1");
  private static final Function EPOLL_CTL = new Function("epoll_ctl");
  private static final Function EPOLL_WAIT = new Function("epoll_wait");
  private static final Function POLL = new Function("poll");
  private static final Function SELECT = new Function("select");
  private static final Function GETPWNAM_R = new Function("getpwnam_r");
  private static final Function GETPWUID_R = new Function("getpwuid_r");
  private static final Function GETGRNAM_R = new Function("getgrnam_r");
  private static final Function GETGRGID_R = new Function("getgrgid_r");
  private static final Function GETGROUPLIST = new Function("getgrouplist");
  private static final Function STRERROR_R = new Function("__xpg_strerror_r");
  private static final Function POSIX_SPAWN = new Function("posix_spawn");
  private static final Function ACTIONS_INIT = new Function("posix_spawn_file_actions_init");
  private static final Function ACTIONS_DESTROY = new Function("posix_spawn_file_actions_destroy");
  private static final Function ACTIONS_ADDDUP2 = new Function("posix_spawn_file_actions_adddup2");
  private static final Function ACTIONS_ADDCLOSEFROM =
      new Function("posix_spawn_file_actions_addclosefrom_np");
  private static final Function ACTIONS_ADDCHDIR =
      new Function("posix_spawn_file_actions_addchdir_np");
  private static final Function ATTR_INIT = new Function("posix_spawnattr_init");
  private static final Function ATTR_DESTROY = new Function("posix_spawnattr_destroy");
  private static final Function ATTR_SETFLAGS = new Function("posix_spawnattr_setflags");
  private static final Function ATTR_SETSIGMASK = new Function("posix_spawnattr_setsigmask");
  private static final Function ATTR_SETSIGDEFAULT = new Function("posix_spawnattr_setsigdefault");

  private LibC() {}

  /** The errno of the calling thread's last call through this class; see errno(3). */
  public static int errno() {
    return ERRNO.get();
  }

  public static int socket(int domain, int type, int protocol) {
    return (int) SOCKET.call(domain, type, protocol);
  }

  public static int socketpair(int domain, int type, int protocol, long pair) {
    return (int) SOCKETPAIR.call(domain, type, protocol, pair);
  }

  public static int setsockopt(int fd, int level, int option, long value, int length) {
    return (int) SETSOCKOPT.call(fd, level, option, value, length);
  }

  public static int getsockopt(int fd, int level, int option, long value, long length) {
    return (int) GETSOCKOPT.call(fd, level, option, value, length);
  }

  public static int bind(int fd, long address, int length) {
    return (int) BIND.call(fd, address, length);
  }

  public static int listen(int fd, int backlog) {
    return (int) LISTEN.call(fd, backlog);
  }

  public static int connect(int fd, long address, int length) {
    return (int) CONNECT.call(fd, address, length);
  }

  public static int accept4(int fd, long address, long length, int flags) {
    return (int) ACCEPT4.call(fd, address, length, flags);
  }

  public static int getsockname(int fd, long address, long length) {
    return (int) GETSOCKNAME.call(fd, address, length);
  }

  public static int getpeername(int fd, long address, long length) {
    return (int) GETPEERNAME.call(fd, address, length);
  }

  public static long send(int fd, long bytes, long length, int flags) {
    return SEND.call(fd, bytes, length, flags);
  }

  public static long recv(int fd, long bytes, long length, int flags) {
    return RECV.call(fd, bytes, length, flags);
  }

  public static long sendmsg(int fd, long header, int flags) {
    return SENDMSG.call(fd, header, flags);
  }

  public static long recvmsg(int fd, long header, int flags) {
    return RECVMSG.call(fd, header, flags);
  }

  public static int shutdown(int fd, int how) {
    return (int) SHUTDOWN.call(fd, how);
  }

  public static int pipe2(long pair, int flags) {
    return (int) PIPE2.call(pair, flags);
  }

  public static long read(int fd, long bytes, long length) {
    return READ.call(fd, bytes, length);
  }

  public static long write(int fd, long bytes, long length) {
    return WRITE.call(fd, bytes, length);
  }

  public static int close(int fd) {
    return (int) CLOSE.call(fd);
  }

  public static int fcntl(int fd, int command, long argument) {
    return (int) FCNTL.call(fd, command, argument);
  }

  public static int open(long path, int flags, int mode) {
    return (int) OPEN.call(path, flags, mode);
  }

  public static int ftruncate(int fd, long length) {
    return (int) FTRUNCATE.call(fd, length);
  }

  public static int fstat(int fd, long status) {
    return (int) FSTAT.call(fd, status);
  }

  public static int flock(int fd, int operation) {
    return (int) FLOCK.call(fd, operation);
  }

  public static int chmod(long path, int mode) {
    return (int) CHMOD.call(path, mode);
  }

  public static int fchmod(int fd, int mode) {
    return (int) FCHMOD.call(fd, mode);
  }

  public static int chown(long path, int uid, int gid) {
    return (int) CHOWN.call(path, uid, gid);
  }

  public static int setxattr(long path, long name, long value, long size, int flags) {
    return (int) SETXATTR.call(path, name, value, size, flags);
  }

  public static int umask(int mask) {
    return (int) UMASK.call(mask);
  }

  public static int kill(int pid, int signal) {
    return (int) KILL.call(pid, signal);
  }

  public static int waitid(int idType, int id, long info, int options) {
    return (int) WAITID.call(idType, id, info, options);
  }

  public static int waitpid(int pid, long status, int options) {
    return (int) WAITPID.call(pid, status, options);
  }

  public static long syscall(long number, long a, long b) {
    return SYSCALL.call(number, a, b);
  }

  public static long syscall(long number, long a, long b, long c) {
    return SYSCALL.call(number, a, b, c);
  }

  public static int prctl(int option, long a, long b, long c, long d) {
    return (int) PRCTL.call(option, a, b, c, d);
  }

  public static int getpid() {
    return (int) GETPID.call();
  }

  public static int getuid() {
    return (int) GETUID.call();
  }

  public static int geteuid() {
    return (int) GETEUID.call();
  }

  public static int getegid() {
    return (int) GETEGID.call();
  }

  public static int getrlimit(int resource, long limit) {
    return (int) GETRLIMIT.call(resource, limit);
  }

  public static int setrlimit(int resource, long limit) {
    return (int) SETRLIMIT.call(resource, limit);
  }

  public static int setpriority(int which, int who, int priority) {
    return (int) SETPRIORITY.call(which, who, priority);
  }

  public static int signalfd(int fd, long set, int flags) {
    return (int) SIGNALFD.call(fd, set, flags);
  }

  public static int eventfd(int value, int flags) {
    return (int) EVENTFD.call(value, flags);
  }

  public static int epollCreate1(int flags) {
    return (int) EPOLL_CREATE1.call(flags);
  }

  public static int epollCtl(int epoll, int operation, int fd, long event) {
    return (int) EPOLL_CTL.call(epoll, operation, fd, event);
  }

  public static int epollWait(int epoll, long events, int capacity, int timeoutMs) {
    return (int) EPOLL_WAIT.call(epoll, events, capacity, timeoutMs);
  }

  public static int poll(long entries, long count, int timeoutMs) {
    return (int) POLL.call(entries, count, timeoutMs);
  }

  public static int select(int count, long read, long write, long except, long timeout) {
    return (int) SELECT.call(count, read, write, except, timeout);
  }

  /** Returns the error number itself, as the other three of its family do; errno is not set. */
  public static int getpwnamR(long name, long entry, long text, long length, long result) {
    return (int) GETPWNAM_R.call(name, entry, text, length, result);
  }

  public static int getpwuidR(int uid, long entry, long text, long length, long result) {
    return (int) GETPWUID_R.call(uid, entry, text, length, result);
  }

  public static int getgrnamR(long name, long entry, long text, long length, long result) {
    return (int) GETGRNAM_R.call(name, entry, text, length, result);
  }

  public static int getgrgidR(int gid, long entry, long text, long length, long result) {
    return (int) GETGRGID_R.call(gid, entry, text, length, result);
  }

  public static int getgrouplist(long user, int gid, long groups, long count) {
    return (int) GETGROUPLIST.call(user, gid, groups, count);
  }

  /** The POSIX variant of strerror_r(3), which fills the buffer and returns an error number. */
  public static int strerrorR(int errno, long text, long length) {
    return (int) STRERROR_R.call(errno, text, length);
  }

  /** Returns the error number itself, as all functions of its family do; errno is not set. */
  public static int posixSpawn(
      long pid, long path, long actions, long attributes, long arguments, long environment) {
    return (int) POSIX_SPAWN.call(pid, path, actions, attributes, arguments, environment);
  }

  public static int fileActionsInit(long actions) {
    return (int) ACTIONS_INIT.call(actions);
  }

  public static int fileActionsDestroy(long actions) {
    return (int) ACTIONS_DESTROY.call(actions);
  }

  public static int fileActionsAddDup2(long actions, int from, int to) {
    return (int) ACTIONS_ADDDUP2.call(actions, from, to);
  }

  public static int fileActionsAddCloseFrom(long actions, int lowest) {
    return (int) ACTIONS_ADDCLOSEFROM.call(actions, lowest);
  }

  public static int fileActionsAddChdir(long actions, long path) {
    return (int) ACTIONS_ADDCHDIR.call(actions, path);
  }

  public static int spawnAttrInit(long attributes) {
    return (int) ATTR_INIT.call(attributes);
  }

  public static int spawnAttrDestroy(long attributes) {
    return (int) ATTR_DESTROY.call(attributes);
  }

  public static int spawnAttrSetFlags(long attributes, int flags) {
    return (int) ATTR_SETFLAGS.call(attributes, flags);
  }

  public static int spawnAttrSetSigmask(long attributes, long set) {
    return (int) ATTR_SETSIGMASK.call(attributes, set);
  }

  public static int spawnAttrSetSigdefault(long attributes, long set) {
    return (int) ATTR_SETSIGDEFAULT.call(attributes, set);
  }
}
