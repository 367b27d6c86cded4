# Causal attention with grouped queries (Ainslie et al. 2023, https://arxiv.org/abs/2305.13245), exact, in blocks of queries: a block
# looks at no key behind its last query, so half of the score matrix is never computed.
#   P = softmax(s Q K^T + mask),   O = P V
# s is 1 / sqrt(D) in most models. Scores may be capped before the mask, c tanh(score / c), and a window may hide the keys that lie
# w or more tokens back (Gemma 2, 2024, https://arxiv.org/abs/2408.00118); then a block looks at no key before its window either.
# The query heads of one key head are laid below each other, [B K, g w, D] with g = H / K: the keys are never copied for them, and
# the sum over them in dK and dV is part of the matrix product.
# B sequences of T tokens each, H query heads, K key heads, D head width, w queries of a block, e keys that it looks at.

# How a layer looks at its tokens.
class Look(NamedTuple):
  heads : int                                  # H
  key_heads : int                              # K
  scale : float                                # s
  cap : float                                  # c, 0 for none
  window : int                                 # tokens looked back, the own one included; 0 for all

def block_length(tokens: int) -> int:
  return max(64, (tokens + 7) // 8)

# The columns of heads first .. first + H of rows [B, T, heads, D], as [B K, g T, D].
def queries(x: Tensor, heads: int, key_heads: int) -> Tensor:
  B, T, H, D = x.size()
  g = heads // key_heads
  return x.view([B, T, key_heads, g, D]).permute([0, 2, 3, 1, 4]).reshape([B * key_heads, g * T, D])

def keys(x: Tensor) -> Tensor:
  B, T, K, D = x.size()
  return x.permute([0, 2, 1, 3]).reshape([B * K, T, D])

# Writes [B K, g w, D] back to out [B, w, H, D].
def put_queries(o: Tensor, out: Tensor, key_heads: int) -> Tensor:
  B, w, H, D = out.size()
  g = H // key_heads
  return out.copy_(o.view([B, key_heads, g, w, D]).permute([0, 3, 1, 2, 4]).reshape([B, w, H, D]))

# Scores before the mask: [B K, g w, e] float32.
def scores(q: Tensor, k: Tensor, look: __torch__.attention.Look) -> Tensor:
  x = torch.bmm(q, k.transpose(1, 2))                                   # [B K, g w, e]
  if x.dtype != 6:
    x = torch.to(x, 6)
  x.mul_(look.scale)
  if look.cap > 0.0:
    x.div_(look.cap).tanh_().mul_(look.cap)
  return x

# Hides from a block of w queries, the last of the e keys, what a query must not see.
def hide(x: Tensor, w: int, future: Tensor, look: __torch__.attention.Look) -> Tensor:
  e = x.size(2)
  seen = x.view([x.size(0), x.size(1) // w, w, e])
  seen[:, :, :, e - w:e].add_(future[0:w, 0:w])
  if look.window > 0:
    if e > look.window:
      seen.add_(torch.tril(torch.full([w, e], -inf, dtype=6), e - w - look.window))
  return x

# 0 where a query may look, -inf at keys after it: [w, w].
def future_mask(w: int) -> Tensor:
  return torch.triu(torch.full([w, w], -inf, dtype=6), 1)

# The first key that the query at a sees.
def first_key(a: int, look: __torch__.attention.Look) -> int:
  s = 0
  if look.window > 0:
    s = max(0, a - look.window + 1)
  return s

# y [B, T, H + 2 K, D] holds queries, keys and values, turned already; writes o [B, T, H, D].
def forward(y: Tensor, look: __torch__.attention.Look, o: Tensor) -> Tensor:
  B, T, n, D = y.size()
  heads = look.heads
  key_heads = look.key_heads
  k = __torch__.attention.keys(y[:, :, heads:heads + key_heads])        # [B K, T, D]
  v = __torch__.attention.keys(y[:, :, heads + key_heads:n])            # [B K, T, D]
  step = __torch__.attention.block_length(T)
  future = __torch__.attention.future_mask(min(step, T))
  a = 0
  while a < T:
    z = min(a + step, T)
    s = __torch__.attention.first_key(a, look)
    q = __torch__.attention.queries(y[:, a:z, 0:heads], heads, key_heads)           # [B K, g w, D]
    x = __torch__.attention.scores(q, k[:, s:z], look)                              # [B K, g w, e]
    p = torch.to(torch.softmax(__torch__.attention.hide(x, z - a, future, look), -1), q.dtype)
    __torch__.attention.put_queries(torch.bmm(p, v[:, s:z]), o[:, a:z], key_heads)
    a = z
  return o

# From do [B, T, H, D] writes dy [B, T, H + 2 K, D]; the probabilities are computed again.
#   dV = P^T dO,   dS = s P * (dO V^T - rowsum(dO V^T * P)),   dQ = dS K,   dK = dS^T Q;   with a cap dS * (1 - (score / c)^2)
def backward(do: Tensor, y: Tensor, look: __torch__.attention.Look, dy: Tensor) -> Tensor:
  B, T, n, D = y.size()
  heads = look.heads
  key_heads = look.key_heads
  k = __torch__.attention.keys(y[:, :, heads:heads + key_heads])        # [B K, T, D]
  v = __torch__.attention.keys(y[:, :, heads + key_heads:n])            # [B K, T, D]
  dk = torch.zeros_like(k)
  dv = torch.zeros_like(v)
  step = __torch__.attention.block_length(T)
  future = __torch__.attention.future_mask(min(step, T))
  a = 0
  while a < T:
    z = min(a + step, T)
    s = __torch__.attention.first_key(a, look)
    q = __torch__.attention.queries(y[:, a:z, 0:heads], heads, key_heads)           # [B K, g w, D]
    x = __torch__.attention.scores(q, k[:, s:z], look)                              # [B K, g w, e]
    slope = x
    if look.cap > 0.0:
      slope = torch.rsub(torch.div(x, look.cap).pow_(2), 1.0)
    p = torch.to(torch.softmax(__torch__.attention.hide(x, z - a, future, look), -1), q.dtype)
    g = __torch__.attention.queries(do[:, a:z], heads, key_heads)                   # [B K, g w, D]
    dv[:, s:z].baddbmm_(p.transpose(1, 2), g)
    dp = torch.bmm(g, v[:, s:z].transpose(1, 2))                                    # [B K, g w, e]
    ds = torch._softmax_backward_data(dp, p, -1, q.dtype).mul_(look.scale)          # [B K, g w, e]
    if look.cap > 0.0:
      ds.mul_(slope)
    __torch__.attention.put_queries(torch.bmm(ds, k[:, s:z]), dy[:, a:z, 0:heads], key_heads)
    dk[:, s:z].baddbmm_(ds.transpose(1, 2), q)
    a = z
  dy[:, :, heads:heads + key_heads].copy_(dk.view([B, key_heads, T, D]).transpose(1, 2))
  dy[:, :, heads + key_heads:n].copy_(dv.view([B, key_heads, T, D]).transpose(1, 2))
  return dy

# The same over sequences laid end to end: groups holds pairs (sequences, tokens of each), in order.
# y [N, H + 2 K, D], o [N, H, D].
def forward_packed(y: Tensor, groups: List[int], look: __torch__.attention.Look, o: Tensor) -> Tensor:
  n = y.size(1)
  D = y.size(2)
  begin = 0
  for i in range(len(groups) // 2):
    B = groups[2 * i]
    T = groups[2 * i + 1]
    end = begin + B * T
    __torch__.attention.forward(y[begin:end].view([B, T, n, D]), look, o[begin:end].view([B, T, look.heads, D]))
    begin = end
  return o

def backward_packed(do: Tensor, y: Tensor, groups: List[int], look: __torch__.attention.Look, dy: Tensor) -> Tensor:
  n = y.size(1)
  D = y.size(2)
  begin = 0
  for i in range(len(groups) // 2):
    B = groups[2 * i]
    T = groups[2 * i + 1]
    end = begin + B * T
    __torch__.attention.backward(do[begin:end].view([B, T, look.heads, D]), y[begin:end].view([B, T, n, D]), look, dy[begin:end].view([B, T, n, D]))
    begin = end
  return dy
