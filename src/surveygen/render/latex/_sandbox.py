"""Keep TeX from reading and writing files outside its folders.

Two walls: Linux forbids it to the process (Landlock, since version 5.13), and a script that runs before anything else
of Lua takes away the functions that reach files and programs. TeX's own input and output is limited by its settings
``openin_any`` and ``openout_any``.
"""

from __future__ import annotations

import ctypes
import os
import struct
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

# Where programs, libraries, fonts and their settings lie; nothing of a person or of the machine's accounts.
SYSTEM_FOLDERS = (
    *("/usr", "/bin", "/lib", "/lib32", "/lib64", "/nix/store", "/var/lib/texmf", "/var/cache/fontconfig"),
    *("/etc/texmf", "/etc/fonts", "/etc/perl", "/etc/ld.so.cache", "/etc/localtime", "/dev/urandom", "/dev/random"),
)
_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # system calls of Linux, equal on all its usual machines
_NO_NEW_PRIVILEGES = 38  # of prctl
_EXECUTE, _WRITE, _READ, _READ_FOLDER, _TRUNCATE = 1, 2, 4, 8, 1 << 14
_ON_FILES = _EXECUTE | _WRITE | _READ | _TRUNCATE
_PATH_BENEATH = 1
# By version of Landlock: all rights to files that it knows, so that those not granted are refused.
_RIGHTS = ((1 << 13) - 1, (1 << 14) - 1, (1 << 15) - 1)
_CONNECT_AND_BIND, _SCOPES = 3, 3  # TCP since version 4; signals and abstract sockets since version 6


@contextmanager
def landlock(readable: Iterable[Path | str], writable: Iterable[Path | str]) -> Iterator[Callable[[], None]]:
    """Prepare the wall of the kernel.

    Yields:
        A function that a child process calls before it runs a program: from then on it and its children can open
        nothing but what lies below these folders, and no connection. It does nothing where the kernel cannot do it.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), 1) if sys.platform == "linux" else 0
    rights = _RIGHTS[max(min(version, len(_RIGHTS)), 1) - 1]
    attributes = struct.pack("=Q", rights)
    attributes += struct.pack("=Q", _CONNECT_AND_BIND) if version >= 4 else b""
    attributes += struct.pack("=Q", _SCOPES) if version >= 6 else b""
    ruleset = libc.syscall(_CREATE_RULESET, attributes, ctypes.c_size_t(len(attributes)), 0) if version >= 1 else -1
    if ruleset < 0:
        yield lambda: None
        return

    def restrict() -> None:
        if libc.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0) or libc.syscall(_RESTRICT_SELF, ruleset, 0):
            os._exit(127)

    try:
        for paths, granted in ((readable, _EXECUTE | _READ | _READ_FOLDER), ([*writable, "/dev/null"], rights)):
            for path in map(Path, paths):
                if path.exists():
                    opened = os.open(path, os.O_PATH | os.O_CLOEXEC)
                    allowed = granted & rights & (-1 if path.is_dir() else _ON_FILES)
                    libc.syscall(_ADD_RULE, ruleset, _PATH_BENEATH, struct.pack("=Qi", allowed, opened), 0)
                    os.close(opened)
        yield restrict
    finally:
        os.close(ruleset)


def lua_guard(readable: Sequence[Path | str], writable: Sequence[Path | str]) -> str:
    """Return the Lua script that LuaTeX runs first (``--lua``): files only below some folders, and no programs."""
    lists = (f"{{{', '.join(f'[==[{Path(path)}]==]' for path in paths)}}}" for paths in (readable, writable))
    return "local readable, writable = {}, {}\n".format(*lists) + _GUARD


_GUARD = r"""
local function within(name, folders)
  if type(name) ~= "string" then return false end
  if name:sub(1, 1) ~= "/" then name = writable[1] .. "/" .. name end
  local parts = {}
  for part in name:gmatch("[^/]+") do
    if part == ".." then table.remove(parts) elseif part ~= "." then parts[#parts + 1] = part end
  end
  name = "/" .. table.concat(parts, "/")
  for _, folder in ipairs(folders) do
    if name == folder or name:sub(1, #folder + 1) == folder .. "/" then return true end
  end
  return false
end
local function may_read(name) return within(name, writable) or within(name, readable) end
local function may_write(name) return within(name, writable) end
local function refuse(name) return nil, tostring(name) .. ": not permitted", 1 end
-- Call a function of files only if its first argument may be used, or is no name at all.
local function guarded(real, may, also)
  return real and function(name, ...)
    if name ~= nil and type(name) ~= "userdata" and not may(name) then return refuse(name) end
    if also and not may((...)) then return refuse((...)) end
    return real(name, ...)
  end
end

local open = io.open
function io.open(name, mode)
  mode = mode or "r"
  local may = mode:find("[wa+]") and may_write or may_read
  if not may(name) then return refuse(name) end
  return open(name, mode)
end
io.lines, io.input, io.output = guarded(io.lines, may_read), guarded(io.input, may_read), guarded(io.output, may_write)
os.remove, os.rename = guarded(os.remove, may_write), guarded(os.rename, may_write, true)
for _, name in ipairs{"execute", "exec", "spawn", "kpsepopen", "tmpname", "tmpdir"} do os[name] = refuse end
io.popen = refuse
os.setenv = function() end  -- the limits of TeX's own input and output are variables

for _, name in ipairs{"mkdir", "rmdir", "touch", "lock_dir"} do lfs[name] = guarded(lfs[name], may_write) end
for _, name in ipairs{"link", "symlink", "chdir", "setmode"} do lfs[name] = refuse end
lfs.dir = guarded(lfs.dir, may_read)

-- Compiled code can break out of anything, so only text is loaded. Libraries compile and load again what they loaded
-- as text: for that a dump is a word that stands for the function.
local loadfile_, load_, setupvalue = loadfile, load, debug.setupvalue
local loaded, dumped, dumps = setmetatable({}, {__mode = "k"}), {}, 0
load = function(chunk, name, _, ...)
  local chosen = dumped[chunk]
  if chosen then
    if select("#", ...) > 0 then setupvalue(chosen, 1, (...)) end
    return chosen
  end
  local made, message = load_(chunk, name, "t", ...)
  if made then loaded[made] = true end
  return made, message
end
if loadstring then loadstring = function(chunk, name) return load(chunk, name) end end
loadfile = function(name, _, ...)
  if not may_read(name) then return refuse(name) end
  return loadfile_(name, "t", ...)
end
dofile = function(name) return assert(loadfile(name))() end
string.dump = function(chunk)
  if not loaded[chunk] then error("not permitted") end
  dumps = dumps + 1
  dumped["\27" .. dumps] = chunk
  return "\27" .. dumps
end
package.loadlib, package.cpath = nil, ""

local getinfo, traceback = debug.getinfo, debug.traceback
for name in pairs(debug) do debug[name] = nil end
debug.traceback = traceback
debug.getinfo = function(where, ...)
  local info = getinfo(type(where) == "number" and where + 1 or where, ...)
  if info then info.func = nil end
  return info
end

if fontloader then
  fontloader.open, fontloader.info = guarded(fontloader.open, may_read), guarded(fontloader.info, may_read)
end
for _, library in ipairs{gzip or {}, zip or {}, pdfe or {}} do library.open = guarded(library.open, may_read) end
if mplib then
  local new = mplib.new
  mplib.new = function(options)
    local find = options and options.find_file
    if find then
      options.find_file = function(name, mode, ...)
        local found = find(name, mode, ...)
        return (mode == "w" and may_write or may_read)(found) and found or nil
      end
    end
    return new(options)
  end
end
local register = callback.register
callback.register = function(name, action)
  if type(action) ~= "function" or not name:find("^find_") then return register(name, action) end
  local may = name:find("write") and may_write or may_read
  return register(name, function(...)  -- TeX opens what it returns
    local found = action(...)
    return may(found) and found or nil
  end)
end
"""
