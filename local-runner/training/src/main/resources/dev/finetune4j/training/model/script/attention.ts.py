# Causal attention with grouped queries (Ainslie et al. 2023, https://arxiv.org/abs/2305.13245), exact, in blocks of queries: a block
# looks at no key behind its last query, so half of the score matrix is never computed.
#   P = softmax(Q K^T / sqrt(D) + mask),   O = P V
# The query heads of one key head are laid below each other, [B K, g w, D] with g = H / K: the keys are never copied for them, and
# the sum over them in dK and dV is part of the matrix product.
# B sequences of T tokens each, H query heads, K key heads, D head width, w queries of a block.

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

# Probabilities of a block of w queries that ends at key e: [B K, g w, e] in the dtype of q; the softmax is in float32.
def probabilities(q: Tensor, k: Tensor, w: int, scale: float, future: Tensor) -> Tensor:
  e = k.size(1)
  x = torch.bmm(q, k.transpose(1, 2))                                   # [B K, g w, e]
  if x.dtype != 6:
    x = torch.to(x, 6)
  x.mul_(scale)
  x.view([x.size(0), x.size(1) // w, w, e])[:, :, :, e - w:e].add_(future[0:w, 0:w])
  return torch.to(torch.softmax(x, -1), q.dtype)

# 0 where a query may look, -inf at keys after it: [w, w].
def future_mask(w: int) -> Tensor:
  return torch.triu(torch.full([w, w], -inf, dtype=6), 1)

# y [B, T, H + 2 K, D] holds queries, keys and values, turned already; writes o [B, T, H, D].
def forward(y: Tensor, heads: int, key_heads: int, o: Tensor) -> Tensor:
  B, T, n, D = y.size()
  k = __torch__.attention.keys(y[:, :, heads:heads + key_heads])        # [B K, T, D]
  v = __torch__.attention.keys(y[:, :, heads + key_heads:n])            # [B K, T, D]
  step = __torch__.attention.block_length(T)
  future = __torch__.attention.future_mask(min(step, T))
  scale = 1.0 / D ** 0.5
  a = 0
  while a < T:
    e = min(a + step, T)
    q = __torch__.attention.queries(y[:, a:e, 0:heads], heads, key_heads)           # [B K, g w, D]
    p = __torch__.attention.probabilities(q, k[:, 0:e], e - a, scale, future)       # [B K, g w, e]
    __torch__.attention.put_queries(torch.bmm(p, v[:, 0:e]), o[:, a:e], key_heads)
    a = e
  return o

# From do [B, T, H, D] writes dy [B, T, H + 2 K, D]; the probabilities are computed again.
#   dV = P^T dO,   dS = P * (dO V^T - rowsum(dO V^T * P)) / sqrt(D),   dQ = dS K,   dK = dS^T Q
def backward(do: Tensor, y: Tensor, heads: int, key_heads: int, dy: Tensor) -> Tensor:
  B, T, n, D = y.size()
  k = __torch__.attention.keys(y[:, :, heads:heads + key_heads])        # [B K, T, D]
  v = __torch__.attention.keys(y[:, :, heads + key_heads:n])            # [B K, T, D]
  dk = torch.zeros_like(k)
  dv = torch.zeros_like(v)
  step = __torch__.attention.block_length(T)
  future = __torch__.attention.future_mask(min(step, T))
  scale = 1.0 / D ** 0.5
  a = 0
  while a < T:
    e = min(a + step, T)
    q = __torch__.attention.queries(y[:, a:e, 0:heads], heads, key_heads)           # [B K, g w, D]
    p = __torch__.attention.probabilities(q, k[:, 0:e], e - a, scale, future)       # [B K, g w, e]
    g = __torch__.attention.queries(do[:, a:e], heads, key_heads)                   # [B K, g w, D]
    dv[:, 0:e].baddbmm_(p.transpose(1, 2), g)
    dp = torch.bmm(g, v[:, 0:e].transpose(1, 2))                                    # [B K, g w, e]
    ds = torch._softmax_backward_data(dp, p, -1, q.dtype).mul_(scale)               # [B K, g w, e]
    __torch__.attention.put_queries(torch.bmm(ds, k[:, 0:e]), dy[:, a:e, 0:heads], key_heads)
    dk[:, 0:e].baddbmm_(ds.transpose(1, 2), q)
    a = e
  dy[:, :, heads:heads + key_heads].copy_(dk.view([B, key_heads, T, D]).transpose(1, 2))
  dy[:, :, heads + key_heads:n].copy_(dv.view([B, key_heads, T, D]).transpose(1, 2))
  return dy

# The same over sequences laid end to end: groups holds pairs (sequences, tokens of each), in order.
# y [N, H + 2 K, D], o [N, H, D].
def forward_packed(y: Tensor, groups: List[int], heads: int, key_heads: int, o: Tensor) -> Tensor:
  n = y.size(1)
  D = y.size(2)
  begin = 0
  for i in range(len(groups) // 2):
    B = groups[2 * i]
    T = groups[2 * i + 1]
    end = begin + B * T
    __torch__.attention.forward(y[begin:end].view([B, T, n, D]), heads, key_heads, o[begin:end].view([B, T, heads, D]))
    begin = end
  return o

def backward_packed(do: Tensor, y: Tensor, groups: List[int], heads: int, key_heads: int, dy: Tensor) -> Tensor:
  n = y.size(1)
  D = y.size(2)
  begin = 0
  for i in range(len(groups) // 2):
    B = groups[2 * i]
    T = groups[2 * i + 1]
    end = begin + B * T
    __torch__.attention.backward(do[begin:end].view([B, T, heads, D]), y[begin:end].view([B, T, n, D]), heads, key_heads, dy[begin:end].view([B, T, n, D]))
    begin = end
  return dy
