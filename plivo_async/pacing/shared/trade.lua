-- One trade on the request budget of a Plivo account that many processes share. Protocol 1: docs/shared-budget-protocol.md.
-- The same rules are in Python, in policy/_ledger.py, _grant.py and _pace.py; what is changed here is changed there.
-- All instants are seconds of the server's clock, all lengths of time seconds.
--
-- KEYS  1 ledger (hash)  2 cooling (sorted set)  3 holders (hash)
-- ARGV  1 protocol  2 limit  3 per  4 ttl  5 grace  6 reserve, -1 for none  7 holder  8 turn  9 epoch, may be empty
--       10 in_use  11 adopted  12 interactive  13 batch  14 visit_ago, -1 for none  15 page_ago, -1 for none
--       16 alarm, 0 or 1  17 up: for how long the server has been up  18 epoch of a ledger that may have to be made
--       19 reports: "kind priority sent_ago ago retry_after;" for each; kind a, g, r, u; priority 0, 1; -1 for none
-- Returns 14 strings: status, epoch, now, interactive, batch, interactive_wait, batch_wait, holders, level, held,
--       cooling, hold, doubtful, terms. Status: 0 done, 1 lost, 2 late, 3 different terms, 4 newer protocol.

local PROTOCOL = 1
local KEPT, LATELY, CUT, FULL, CALM, CATCH_UP = 1 / 60, 12, 1 / 10, 6, 12, 3
local FIRST_PAUSE, LONGEST_PAUSE, ROUNDING, DOOR = 1 / 50, 1 / 5, 1e-9, 6 / 1000
local GRID, LIVE, HANDFUL, PATIENT, WANTING, BATCH_SHARE = 1 / 1000, 60, 2, 1 / 200, 3, 10
local INF = math.huge

local function number_of(value) return tonumber(value) end
local function text_of(value) return string.format('%.17g', value) end

local function server_time()
  local time = redis.call('TIME')
  return number_of(time[1]) + number_of(time[2]) / 1000000
end

local limit, per, ttl, grace, reserve = number_of(ARGV[2]), number_of(ARGV[3]), number_of(ARGV[4]), number_of(ARGV[5]), number_of(ARGV[6])
local me, turn, known = ARGV[7], number_of(ARGV[8]), ARGV[9]
local in_use, adopted, want_interactive, want_batch = number_of(ARGV[10]), number_of(ARGV[11]), number_of(ARGV[12]), number_of(ARGV[13])
local memory = per + ttl + grace
local now = server_time()

-- The ledger: what is absent is "never". epoch and was are words, all else numbers.
local s, raw = {}, redis.call('HGETALL', KEYS[1])
for i = 1, #raw, 2 do s[raw[i]] = raw[i + 1] end
if s.version and number_of(s.version) > PROTOCOL then return {'4', '', '0', '0', '0', '-1', '-1', '1', '0', '0', '0', '0', '0', ''} end
local fresh = s.version == nil
local epoch, was = s.epoch or ARGV[18], s.was or known
for name, value in pairs(s) do s[name] = tonumber(value) end
local function never(name) s[name] = s[name] or -INF end
local function begin_pace()
  s.limit, s.per, s.start, s.told, s.pause, s.doubt, s.learning, s.probed_at = limit, per, limit, limit, 0, 0, 0, nil
  for _, name in ipairs({'since', 'hold_since', 'hold_until', 'doubt_since', 'seen_at', 'lacked_at', 'batch_at', 'next_batch'}) do
    s[name] = -INF
  end
end

local function cool(free_at, count, admitted, visits)
  if count <= 0 then return end
  local grid = s.per * GRID
  free_at = math.ceil(free_at / grid) * grid
  s.seq = s.seq + 1
  s.cooled, s.admitted, s.visits = s.cooled + count, s.admitted + admitted, s.visits + visits
  redis.call('ZADD', KEYS[2], text_of(free_at), text_of(s.seq) .. ':' .. count .. ':' .. admitted .. ':' .. visits)
end

if fresh then
  begin_pace()
  s.version, s.born, s.last, s.passed, s.refused, s.seq, s.cooled, s.admitted, s.visits = PROTOCOL, now, now, 0, 0, 0, 0, 0, 0
  redis.call('DEL', KEYS[2], KEYS[3])
  local up = number_of(ARGV[17])
  if known ~= '' then up = 0 end
  if up < memory then cool(now + memory - up, limit, limit, 0) end
else
  for _, name in ipairs({'since', 'hold_since', 'hold_until', 'doubt_since', 'seen_at', 'lacked_at', 'batch_at', 'next_batch'}) do never(name) end
end

-- Holders: held turn at interactive batch since granted refused
local holders, changed = {}, {}
raw = redis.call('HGETALL', KEYS[3])
for i = 1, #raw, 2 do
  local held, its_turn, at, interactive, batch, since, granted, refused =
    string.match(raw[i + 1], '^(%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+) (%S+)$')
  holders[raw[i]] = {held = number_of(held), turn = number_of(its_turn), at = number_of(at), interactive = number_of(interactive),
    batch = number_of(batch), since = number_of(since), granted = number_of(granted), refused = number_of(refused)}
end
local function bury(name)
  cool(holders[name].at + memory, holders[name].held, holders[name].held, 0)
  holders[name] = nil
  redis.call('HDEL', KEYS[3], name)
end
local function held_by_all()
  local sum = 0
  for _, holder in pairs(holders) do sum = sum + holder.held end
  return sum
end

-- What has been learnt, and how evenly a batch is sent: policy/_pace.py
local function level()
  local windows = math.max(0, (now - s.since) / s.per) / FULL
  local squared = windows * windows
  return math.min(s.limit, s.start + s.limit * (squared * squared))
end
local function seen() return now - s.seen_at <= LATELY * s.per end
local function even() return level() < s.limit or seen() end
local function kept()
  local most = reserve
  if reserve < 0 then
    if not seen() then return 0 end
    most = math.ceil(s.limit * KEPT)
  end
  return math.min(most, math.floor(level() / 2))
end
local function gap() return s.per / math.max(1, level() - kept() - s.visits) end
local function reaches(need)
  if need > s.limit then return INF end
  local windows = FULL * math.sqrt(math.sqrt(math.max(0, need - s.start) / s.limit))
  return s.since + s.per * windows + s.per / 1e6
end
local function barred_until()
  if now < s.hold_until then return s.hold_until end
  if s.doubt == 1 and s.probed_at and now < s.probed_at + s.pause then return s.probed_at + s.pause end
  return nil
end
local function asked(at, page)
  if not page or at - s.batch_at <= s.per then s.seen_at = at end
end
local function answered(sent_at, admitted)
  if sent_at == s.probed_at then s.probed_at = nil end
  if not admitted then return end
  if sent_at > s.hold_since then
    s.doubt, s.pause = 0, 0
  elseif s.learning == 1 then
    s.start, s.told = math.min(s.start + 1, s.limit), math.min(s.told + 1, s.limit)
  end
end
local function learn(batch, admitted)
  local was_level = math.max(level(), s.told)
  s.learning = (batch or now - s.lacked_at <= s.per) and 1 or 0
  if s.learning == 1 then was_level = math.max(1, math.min(was_level, admitted)) end
  local start
  if now - s.since > CALM * s.per then
    start = was_level / 2
  else
    start = was_level - math.max(1, was_level * CUT * math.min(1, 2 * was_level / s.limit))
  end
  s.told, s.start, s.since = was_level, math.max(1, start), now
end
local function refused(sent_at, retry_after, batch, admitted)
  if sent_at > s.hold_since then
    learn(batch, admitted)
    s.pause = math.min(s.per * LONGEST_PAUSE, math.max(s.per * FIRST_PAUSE, s.pause * 2))
    if s.doubt == 0 then s.doubt, s.doubt_since = 1, now end
    s.hold_since, s.probed_at = now, nil
    s.hold_until = math.max(s.hold_until, now + s.pause)
  end
  if retry_after >= 0 then
    s.hold_until = math.max(s.hold_until, now + retry_after)
    s.since = math.max(s.since, s.hold_until)
  end
end

-- The clock: it may go back, a little (time stands still) or far (what cools cools anew).
if now < s.last - per then
  for _, name in ipairs({'since', 'hold_since', 'doubt_since', 'seen_at', 'lacked_at', 'batch_at', 'next_batch', 'born'}) do
    s[name] = math.min(s[name], now)
  end
  s.hold_until, s.probed_at = math.min(s.hold_until, now + per), nil
  for name, holder in pairs(holders) do
    holder.at, holder.since = math.min(holder.at, now), math.min(holder.since, now)
    changed[name] = true
  end
  local count, admitted, visits = s.cooled, s.admitted, s.visits
  redis.call('DEL', KEYS[2])
  s.cooled, s.admitted, s.visits = 0, 0, 0
  cool(now + grace + per, count, admitted, visits)
else
  now = math.max(now, s.last)
end
s.last = now

for name, holder in pairs(holders) do
  if now > holder.at + (holder.held > 0 and ttl or LIVE) then bury(name) end
end
local ripe = redis.call('ZRANGEBYSCORE', KEYS[2], '-inf', text_of(now))
for _, member in ipairs(ripe) do
  local count, admitted, visits = string.match(member, '^%d+:(%d+):(%d+):(%d+)$')
  s.cooled, s.admitted, s.visits = s.cooled - number_of(count), s.admitted - number_of(admitted), s.visits - number_of(visits)
end
if #ripe > 0 then redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', text_of(now)) end

local function save()
  local flat = {'epoch', epoch, 'was', was}
  for name, value in pairs(s) do
    if value > -INF then flat[#flat + 1] = name; flat[#flat + 1] = text_of(value) end
  end
  redis.call('DEL', KEYS[1])
  redis.call('HSET', KEYS[1], unpack(flat))
  for name in pairs(changed) do
    local h = holders[name]
    if h then
      redis.call('HSET', KEYS[3], name, table.concat({text_of(h.held), text_of(h.turn), text_of(h.at), text_of(h.interactive),
        text_of(h.batch), text_of(h.since), text_of(h.granted), text_of(h.refused)}, ' '))
    end
  end
  local keep = math.ceil((math.max(memory, s.hold_until - now) + 60) * 1000)
  for _, key in ipairs(KEYS) do redis.call('PEXPIRE', key, keep) end
end
local function failed(status, terms)
  save()
  return {status, epoch, text_of(now), '0', '0', '-1', '-1', '1', '0', '0', '0', '0', '0', terms or ''}
end

if s.limit ~= limit or s.per ~= per then
  local live = held_by_all() > 0 or s.cooled > 0
  for _, holder in pairs(holders) do live = live or now - holder.at < ttl end
  if live then return failed('3', string.format('%d per %g s', s.limit, s.per)) end
  begin_pace()
end
if known ~= '' and known ~= epoch and known ~= was then
  was = known
  local free = limit - held_by_all() - s.cooled
  cool(now + memory, free, free, 0)
end
if ARGV[16] == '1' then s.hold_until = math.max(s.hold_until, now + per) end
local mine = holders[me]
if mine and turn <= mine.turn then return failed('2') end
if in_use > (mine and mine.held or 0) + adopted then
  if mine then bury(me) end
  return failed('1')
end
if not mine then
  mine = {held = 0, turn = turn, at = now, interactive = 0, batch = 0, since = now, granted = 0, refused = 0}
  holders[me] = mine
end
changed[me] = true
mine.turn, mine.at = turn, now

-- What became of the holder's permits
local reports = {}
for kind, priority, sent_ago, ago, retry_after in string.gmatch(ARGV[19], '(%a) (%d) (%S+) (%S+) ([^;]+);') do
  reports[#reports + 1] = {kind, priority == '1', number_of(sent_ago), number_of(ago), number_of(retry_after)}
end
local gone = mine.held + adopted - in_use
for i = math.max(0, #reports - gone) + 1, #reports do
  local kind, batch, sent_at, at, retry_after = reports[i][1], reports[i][2], now - reports[i][3], now - reports[i][4], reports[i][5]
  if s.probed_at and sent_at >= s.probed_at then sent_at = s.probed_at end
  if kind == 'u' then
    if sent_at == s.probed_at then s.probed_at = nil end
  else
    local counts = kind == 'r' and 0 or 1
    cool(math.max(at, sent_at + DOOR * per) + per, 1, counts, batch and 0 or counts)
    if kind == 'r' then
      mine.refused, s.refused = mine.refused + 1, s.refused + 1
      refused(sent_at, retry_after, batch, s.admitted + held_by_all() - mine.held)
    else
      answered(sent_at, kind == 'a')
    end
  end
end
cool(now + per, gone - #reports, 0, 0)
mine.held = in_use
local visit_ago, page_ago = number_of(ARGV[14]), number_of(ARGV[15])
if visit_ago >= 0 then asked(math.max(s.seen_at, now - visit_ago), false) end
if page_ago >= 0 then asked(math.max(s.seen_at, now - page_ago), true) end

-- What it can have: policy/_grant.py
local held = held_by_all()
local first = redis.call('ZRANGE', KEYS[2], 0, 0, 'WITHSCORES')
local soonest = first[2] and number_of(first[2]) or INF
local again = {[true] = now, [false] = now}
local function barred(batch)
  local at = barred_until()
  if at then return at end
  if held + s.cooled >= limit then -- the promise: this line alone
    s.lacked_at = now
    return soonest
  end
  local need = held + s.admitted + 1 + (batch and kept() or 0)
  local most = batch and level() or math.max(level(), s.told)
  if need > most + ROUNDING then
    if not batch then s.lacked_at = now end
    return math.min(soonest, reaches(need))
  end
  if batch and s.doubt == 0 and now < s.next_batch and even() then return s.next_batch end
  return nil
end
local function take(count, batch)
  local taken = 0
  while taken < count do
    local at = barred(batch)
    if at then
      again[batch] = at
      break
    end
    held, taken = held + 1, taken + 1
    if batch then s.batch_at = now end
    if s.doubt == 1 then
      s.probed_at = now
    elseif batch and even() then
      s.next_batch = math.max(s.next_batch, now - CATCH_UP * gap()) + gap()
    end
  end
  return taken
end

local waiting, batches = 0, 0
for name, holder in pairs(holders) do
  if name ~= me and now - holder.at < WANTING then
    waiting = waiting + holder.interactive
    if holder.batch > 0 then batches = batches + 1 end
  end
end
local batch = 0
if want_batch > 0 and want_interactive + waiting > 0 and s.passed >= BATCH_SHARE - 1 then batch = take(1, true) end
local interactive = take(want_interactive, false)
local share = math.ceil((limit - held - s.cooled - waiting) / (batches + 1))
if batches > 0 and even() then share = math.min(share, HANDFUL) end
batch = batch + take(math.min(want_batch - batch, share), true)
if batch > 0 then
  s.passed = 0
elseif want_batch > 0 or batches > 0 then
  s.passed = s.passed + interactive
end
mine.held, mine.granted = mine.held + interactive + batch, mine.granted + interactive + batch
mine.interactive, mine.batch = want_interactive - interactive, want_batch - batch

local function wait(left, at)
  if left == 0 then return -1 end
  return at == INF and per or math.max(0, at - now)
end
local batch_again = again[true]
local handful = math.min(HANDFUL, mine.batch)
if batches > 0 and batch >= HANDFUL then handful = handful * (batches + 1) end
local function free_at(count)
  local next = redis.call('ZRANGE', KEYS[2], 0, count - 1, 'WITHSCORES')
  for i = 1, #next, 2 do
    count = count - number_of(string.match(next[i], '^%d+:(%d+):'))
    local at = number_of(next[i + 1])
    if count <= 0 or at > soonest + PATIENT * per then return math.min(at, soonest + PATIENT * per) end
  end
  return soonest
end
if mine.batch > 0 and held + s.cooled >= limit then
  s.lacked_at = now
  batch_again = math.max(batch_again, free_at(handful))
end
if s.doubt == 0 and even() then batch_again = math.max(batch_again, s.next_batch + (handful - 1) * gap()) end
local count = 0
for _ in pairs(holders) do count = count + 1 end
save()
return {'0', epoch, text_of(now), text_of(interactive), text_of(batch), text_of(wait(mine.interactive, again[false])),
  text_of(wait(mine.batch, batch_again)), text_of(count), text_of(level()), text_of(held), text_of(s.cooled),
  text_of(math.max(0, (barred_until() or now) - now)), text_of(s.doubt == 1 and now - s.doubt_since or 0), ''}
