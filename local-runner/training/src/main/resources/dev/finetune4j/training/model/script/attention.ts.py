# Attention with grouped queries (Ainslie et al. 2023, https://arxiv.org/abs/2305.13245), exact, in blocks of queries. A decoder's is
# causal: a block looks at no key behind its last query, so half of the score matrix is never computed. An encoder's looks at all keys.
#   P = softmax(s Q K^T + mask),   O = P V
# s is 1 / sqrt(D) in most models. Scores may be capped before the mask, c tanh(score / c), and a window may hide the keys that lie
# w or more tokens back (Gemma 2, 2024, https://arxiv.org/abs/2408.00118); then a block looks at no key before its window either.
# The query heads of one key head are laid below each other, [B K, g w, D] with g = H / K: the keys are never copied for them, and
# the sum over them in dK and dV is part of the matrix product.
# Sequences that begin with the same tokens share them: what a causal layer makes of a prefix depends on nothing behind it, so that its
# keys and values stand once, the queries of every sequence look at them, and their gradients are summed over the sequences.
# B sequences of T tokens each behind a prefix of P, H query heads, K key heads, D head width, w queries of a block, e keys that it
# looks at, c copies of each key head. A room is memory that the caller lends.

# How a layer looks at its tokens.
class Look(NamedTuple):
  heads : int                                  # H
  key_heads : int                              # K
  scale : float                                # s
  cap : float                                  # c, 0 for none
  window : int                                 # tokens looked back, the own one included; 0 for all
  causal : bool                                # whether later keys are hidden

def block_length(tokens: int) -> int:
  return max(64, (tokens + 7) // 8)

# The rows [B, T, H, D] of all query heads, as [B K, g T, D].
def queries(x: Tensor, key_heads: int) -> Tensor:
  B, T, H, D = x.size()
  g = H // key_heads
  return x.view([B, T, key_heads, g, D]).permute([0, 2, 3, 1, 4]).reshape([B * key_heads, g * T, D])

# How many copies of its keys a key head has, of b. To MKL each is a whole product, which one thread makes: an odd number of them leaves one of
# two threads idle, so that each copy takes half of the queries then. Queries of several query heads take at least as much memory as two copies.
# In 16 bits oneDNN divides each product among threads.
def copies(b: int, g: int, dtype: int) -> int:
  c = 1
  if dtype == 6 and b % 2 == 1 and g > 1:
    c = 2
  return c

# Queries [b, g w, D] shared among c copies of their keys, [b c, g w / c, D]; as they are where that does not come out even.
def shared(q: Tensor, c: int) -> Tensor:
  b, n, D = q.size()
  y = q
  if n % c == 0:
    y = q.reshape([b * c, n // c, D])
  return y

# Those of the copies [b c, e, D] that queries look at: all, or of each key head the first.
def copies_for(q: Tensor, x: Tensor, c: int) -> Tensor:
  y = x
  if q.size(0) < x.size(0):
    y = x.view([q.size(0), c, x.size(1), x.size(2)])[:, 0]
  return y

# What the copies [b c, e, D] are, or what was added to them, as one: [b, e, D].
def together(x: Tensor, c: int) -> Tensor:
  y = x
  if c > 1:
    y = torch.sum(x.view([x.size(0) // c, c, x.size(1), x.size(2)]), [1])
  return y

# The rows [B, T, K, D] of all key heads behind those of the prefix, [P, K, D], c times each, as [B K c, P + T, D].
def keys(prefix: Tensor, x: Tensor, c: int) -> Tensor:
  B, T, K, D = x.size()
  k = x.permute([0, 2, 1, 3])                                                       # [B, K, T, D]
  P = prefix.size(0)
  if P > 0:
    k = torch.cat([prefix.transpose(0, 1).unsqueeze(0).expand([B, K, P, D]), k], 2)  # [B, K, P + T, D]
  return k.unsqueeze(2).expand([B, K, c, P + T, D]).reshape([B * K * c, P + T, D])

# Writes o, the B H w rows of D of queries in their order, back to out [B, w, H, D].
def put_queries(o: Tensor, out: Tensor, key_heads: int) -> Tensor:
  B, w, H, D = out.size()
  g = H // key_heads
  out.view([B, w, key_heads, g, D]).copy_(o.view([B, key_heads, g, w, D]).permute([0, 3, 1, 2, 4]))
  return out

# s A B [b, m, n], batch by batch, in the first elements of room; scaled before it is rounded.
def scaled_bmm(a: Tensor, b: Tensor, scale: float, room: Tensor) -> Tensor:
  shape = [a.size(0), a.size(1), b.size(2)]
  out = room[0:shape[0] * shape[1] * shape[2]].view(shape)                          # [b, m, n]
  return torch.baddbmm(out, a, b, beta=0, alpha=scale, out=out)

# Scores before the mask, [b, n, e] for q [b, n, D] and k [b, e, D], as q; float32 where they are capped.
def scores(q: Tensor, k: Tensor, look: __torch__.attention.Look, room: Tensor) -> Tensor:
  x = __torch__.attention.scaled_bmm(q, k.transpose(1, 2), look.scale, room)        # [b, n, e]
  if look.cap > 0.0:
    x = torch.to(x, 6).div_(look.cap).tanh_().mul_(look.cap)
  return x

# softmax of the scores x [b, n, e], which it overwrites, in a dtype; summed in float32 whatever theirs is.
def probabilities(x: Tensor, dtype: int) -> Tensor:
  return torch.to(torch.softmax(x, -1, out=x), dtype)

# Masks in the scores x [b, n, e] of blocks of w queries, which stand at the last of the e keys, what a query must not see.
def hide(x: Tensor, w: int, mask: Tensor, look: __torch__.attention.Look) -> Tensor:
  if look.causal:
    e = x.size(2)
    seen = x.view([-1, w, e])                                                       # [b n / w, w, e]
    seen[:, :, e - w:e].add_(mask[0:w, 0:w])                                     # 0 and -inf are exact in any dtype
    if look.window > 0:
      if e > look.window:
        seen.add_(torch.tril(torch.full([w, e], -inf, dtype=6), e - w - look.window))
  return x

# 0 where a query may look, -inf at keys after it: [w, w].
def causal_mask(w: int, dtype: int) -> Tensor:
  return torch.to(torch.triu(torch.full([w, w], -inf, dtype=6), 1), dtype)

# The first key that the query at a sees.
def first_key(a: int, look: __torch__.attention.Look) -> int:
  first = 0
  if look.window > 0:
    first = max(0, a - look.window + 1)
  return first

# One more than the last key that a block of queries looks at, of which z is one more than the last query.
def end_key(z: int, T: int, look: __torch__.attention.Look) -> int:
  end = T
  if look.causal:
    end = z
  return end

# Rows first .. end of keys or values [b, P + T, D], which are e. Each product of 16 bits would lay them out anew, transposed even more
# slowly.
def rows(x: Tensor, first: int, end: int) -> Tensor:
  y = x[:, first:end]                                                               # [b, e, D]
  if x.dtype != 6:
    y = y.contiguous()
  return y

# y [B, T, n, D], n = H + 2 K, holds queries, keys and values, turned already by their positions; prefix [P, n, D] those of the tokens
# before them, of which keys and values are looked at; writes o [B, T, H, D]. room is for the scores of a block.
def forward(prefix: Tensor, y: Tensor, look: __torch__.attention.Look, o: Tensor, room: Tensor) -> Tensor:
  B, T, n, D = y.size()
  heads = look.heads
  key_heads = look.key_heads
  P = prefix.size(0)
  c = __torch__.attention.copies(B * key_heads, heads // key_heads, y.dtype)
  k = __torch__.attention.keys(prefix[:, heads:heads + key_heads], y[:, :, heads:heads + key_heads], c)  # [B K c, P + T, D]
  v = __torch__.attention.keys(prefix[:, heads + key_heads:n], y[:, :, heads + key_heads:n], c)  # [B K c, P + T, D]
  step = __torch__.attention.block_length(T)
  mask = __torch__.attention.causal_mask(min(step, T), y.dtype)                     # [w, w]
  a = 0
  while a < T:
    z = min(a + step, T)
    first = __torch__.attention.first_key(P + a, look)
    end = __torch__.attention.end_key(P + z, P + T, look)
    q = __torch__.attention.shared(__torch__.attention.queries(y[:, a:z, 0:heads], key_heads), c)  # [b, n, D], b n = B H w
    keys = __torch__.attention.rows(__torch__.attention.copies_for(q, k, c), first, end)  # [b, e, D]
    x = __torch__.attention.scores(q, keys, look, room)                             # [b, n, e]
    p = __torch__.attention.probabilities(__torch__.attention.hide(x, z - a, mask, look), q.dtype)  # [b, n, e]
    pv = torch.bmm(p, __torch__.attention.rows(__torch__.attention.copies_for(q, v, c), first, end))  # [b, n, D]
    __torch__.attention.put_queries(pv, o[:, a:z], key_heads)                       # [B, w, H, D]
    a = z
  return o

# From do [B, T, H, D] writes dy [B, T, n, D] and adds to dprefix [P, 2 K, D], float32; the probabilities are computed again.
#   dV = P^T dO,   dS = P * (dO V^T - rowsum(dO V^T * P)),   dQ = s dS K,   dK = s dS^T Q;   with a cap dS * (1 - (score / c)^2)
# room is for the scores of a block, and then for its dQ; room_dp for dP = dO V^T.
def backward(do: Tensor, prefix: Tensor, y: Tensor, look: __torch__.attention.Look, dy: Tensor, dprefix: Tensor, room: Tensor, room_dp: Tensor) -> Tensor:
  B, T, n, D = y.size()
  heads = look.heads
  key_heads = look.key_heads
  P = prefix.size(0)
  c = __torch__.attention.copies(B * key_heads, heads // key_heads, y.dtype)
  k = __torch__.attention.keys(prefix[:, heads:heads + key_heads], y[:, :, heads:heads + key_heads], c)  # [B K c, P + T, D]
  v = __torch__.attention.keys(prefix[:, heads + key_heads:n], y[:, :, heads + key_heads:n], c)  # [B K c, P + T, D]
  dk = torch.zeros_like(k)                                                          # [B K c, P + T, D]
  dv = torch.zeros_like(v)                                                          # [B K c, P + T, D]
  step = __torch__.attention.block_length(T)
  mask = __torch__.attention.causal_mask(min(step, T), y.dtype)                     # [w, w]
  a = 0
  while a < T:
    z = min(a + step, T)
    first = __torch__.attention.first_key(P + a, look)
    end = __torch__.attention.end_key(P + z, P + T, look)
    q = __torch__.attention.shared(__torch__.attention.queries(y[:, a:z, 0:heads], key_heads), c)  # [b, n, D], b n = B H w
    keys = __torch__.attention.rows(__torch__.attention.copies_for(q, k, c), first, end)  # [b, e, D]
    x = __torch__.attention.scores(q, keys, look, room)                             # [b, n, e]
    slope = x
    if look.cap > 0.0:
      slope = torch.rsub(torch.div(x, look.cap).pow_(2), 1.0)                       # [b, n, e]
    p = __torch__.attention.probabilities(__torch__.attention.hide(x, z - a, mask, look), q.dtype)  # [b, n, e]
    g = __torch__.attention.shared(__torch__.attention.queries(do[:, a:z], key_heads), c)  # [b, n, D]
    __torch__.attention.copies_for(q, dv, c)[:, first:end].baddbmm_(p.transpose(1, 2), g)
    values = __torch__.attention.rows(__torch__.attention.copies_for(q, v, c), first, end)  # [b, e, D]
    dp = __torch__.attention.scaled_bmm(g, values.transpose(1, 2), 1.0, room_dp)    # [b, n, e]
    ds = torch._softmax_backward_data(dp, p, -1, q.dtype, grad_input=dp)            # [b, n, e]
    if look.cap > 0.0:
      ds.mul_(slope)
    dq = __torch__.attention.scaled_bmm(ds, keys, look.scale, room)                 # [b, n, D]
    __torch__.attention.put_queries(dq, dy[:, a:z, 0:heads], key_heads)             # [B, w, H, D]
    __torch__.attention.copies_for(q, dk, c)[:, first:end].baddbmm_(ds.transpose(1, 2), q, alpha=look.scale)
    a = z
  dk = __torch__.attention.together(dk, c).view([B, key_heads, P + T, D])           # [B, K, P + T, D]
  dv = __torch__.attention.together(dv, c).view([B, key_heads, P + T, D])           # [B, K, P + T, D]
  dy[:, :, heads:heads + key_heads].copy_(dk[:, :, P:P + T].transpose(1, 2))
  dy[:, :, heads + key_heads:n].copy_(dv[:, :, P:P + T].transpose(1, 2))
  if P > 0:
    dprefix[:, 0:key_heads].add_(torch.sum(dk[:, :, 0:P], [0], dtype=6).transpose(0, 1))
    dprefix[:, key_heads:2 * key_heads].add_(torch.sum(dv[:, :, 0:P], [0], dtype=6).transpose(0, 1))
  return dy

# How many sequences of T tokens of their own are computed at once: no more than leaves the copies of the prefix' keys, one for each, within
# the room that N queries take.
def at_once(N: int, P: int, T: int, look: __torch__.attention.Look) -> int:
  return max(1, N * look.heads // (look.key_heads * (P + T)))

# Numbers of a room for the scores of each block in turn, or for a block's dQ, of whichever of the sequences needs most; of N tokens in
# all, laid out as for forward_packed.
def room_size(N: int, P: int, groups: List[int], look: __torch__.attention.Look, D: int) -> int:
  size = look.heads * min(__torch__.attention.block_length(P), P) * max(P, D)
  for i in range(len(groups) // 2):
    T = groups[2 * i + 1]
    B = min(groups[2 * i], __torch__.attention.at_once(N, P, T, look))
    size = max(size, B * look.heads * min(__torch__.attention.block_length(T), T) * max(P + T, D))
  return size

# The same over sequences laid end to end behind a prefix of P tokens: groups holds pairs (sequences, tokens of each), in order.
# y [N, n, D], o [N, H, D]; room has room_size numbers.
def forward_packed(y: Tensor, P: int, groups: List[int], look: __torch__.attention.Look, o: Tensor, room: Tensor) -> Tensor:
  N, n, D = y.size()
  prefix = y[0:P]                                                                   # [P, n, D]
  if P > 0:
    __torch__.attention.forward(y[0:0], prefix.unsqueeze(0), look, o[0:P].unsqueeze(0), room)
  begin = P
  for i in range(len(groups) // 2):
    T = groups[2 * i + 1]
    last = begin + groups[2 * i] * T
    step = __torch__.attention.at_once(N, P, T, look) * T
    while begin < last:
      end = min(begin + step, last)
      __torch__.attention.forward(prefix, y[begin:end].view([-1, T, n, D]), look, o[begin:end].view([-1, T, look.heads, D]), room)
      begin = end
  return o

# From do [N, H, D] writes dy [N, n, D]; each of the rooms has room_size numbers.
def backward_packed(do: Tensor, y: Tensor, P: int, groups: List[int], look: __torch__.attention.Look, dy: Tensor, room: Tensor, room_dp: Tensor) -> Tensor:
  N, n, D = y.size()
  prefix = y[0:P]                                                                   # [P, n, D]
  dprefix = torch.zeros([P, 2 * look.key_heads, D], dtype=6)                        # [P, 2 K, D]
  if P > 0:
    __torch__.attention.backward(do[0:P].unsqueeze(0), y[0:0], prefix.unsqueeze(0), look, dy[0:P].unsqueeze(0), dprefix[0:0], room, room_dp)
  begin = P
  for i in range(len(groups) // 2):
    T = groups[2 * i + 1]
    last = begin + groups[2 * i] * T
    step = __torch__.attention.at_once(N, P, T, look) * T
    while begin < last:
      end = min(begin + step, last)
      __torch__.attention.backward(do[begin:end].view([-1, T, look.heads, D]), prefix, y[begin:end].view([-1, T, n, D]), look, dy[begin:end].view([-1, T, n, D]), dprefix, room, room_dp)
      begin = end
  dy[0:P, look.heads:n].add_(dprefix)
  return dy
