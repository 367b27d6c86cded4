# A linear layer whose outputs may be several layers side by side (query, key and value; gate and up), each of which may carry a
# low-rank adapter (LoRA, Hu et al. 2021, https://arxiv.org/abs/2106.09685):
#   y = x W^T + bias,   and for each adapted part j of the outputs   y_j += s_j (x A_j^T) B_j^T
# W is frozen where it has adapters; the lengths of its adapted rows may be trained apart (magnitude.ts.py). N tokens, I inputs, O
# outputs, m adapted parts, of which part j has O_j outputs and rank R_j; R is the sum of all R_j.

class Linear(NamedTuple):
  weight : Tensor          # [O, I], shared with others and yet to be filled where there are packed parts
  packed : List[__torch__.packed.Part]  # what the weight is made of at each use, or none
  bias : Tensor            # [O], or [0] for none
  a : Tensor               # [R, I] the A factors, one below the other
  b : List[Tensor]         # m of [O_j, R_j]
  first : List[int]        # first output of each adapted part
  grad_a : Tensor          # [R, I] float32
  grad_b : List[Tensor]    # m of [O_j, R_j] float32
  scales : List[float]     # s_j
  dropout : float          # rate at the input of A while training
  magnitude : List[__torch__.magnitude.Magnitude]  # the lengths of its rows where they are trained apart, or none

# W, [O, I]; valid until another layer's is asked for.
def dense(layer: __torch__.linear.Linear) -> Tensor:
  for i in range(len(layer.packed)):
    __torch__.packed.unpack(layer.packed[i], layer.weight)
  return layer.weight

# Whether so few rows, as where a text is spoken, take less time than to write all of W and to read it again.
def is_sliced(x: Tensor, layer: __torch__.linear.Linear) -> bool:
  sliced = len(layer.packed) > 0 and x.size(0) <= 32
  for i in range(len(layer.packed)):
    sliced = sliced and __torch__.packed.by_rows(layer.packed[i])
  return sliced

# y = x W^T, some rows of W at a time, which are in the cache when they are multiplied.
def slices(x: Tensor, layer: __torch__.linear.Linear, y: Tensor) -> Tensor:
  n = max(1, 524288 // x.size(1))
  for i in range(len(layer.packed)):
    part = layer.packed[i]
    begin = 0
    while begin < part.rows:
      end = min(begin + n, part.rows)
      rows = __torch__.packed.rows(part, begin, end, layer.weight)      # [end - begin, I]
      torch.mm(x, rows.t(), out=y[:, part.first + begin:part.first + end])
      begin = end
  return y

# x [N, I] as the adapters see it.
def dropped(x: Tensor, layer: __torch__.linear.Linear, seed: int) -> Tensor:
  y = x
  if seed >= 0:
    if layer.dropout > 0.0:
      y = torch.mul(x, __torch__.dropout.mask(x, layer.dropout, seed))  # [N, I]
  return y

# Whether the adapters see something else than x.
def drops(layer: __torch__.linear.Linear, seed: int) -> bool:
  return seed >= 0 and layer.dropout > 0.0

# Room for x A^T, [N, R].
def low_room(x: Tensor, layer: __torch__.linear.Linear) -> Tensor:
  return torch.empty([x.size(0), layer.a.size(0)], dtype=x.dtype)

# Writes y [N, O], and to low x A^T, [N, R], which the backward pass needs. A negative seed means no dropout.
def forward(x: Tensor, layer: __torch__.linear.Linear, seed: int, y: Tensor, low: Tensor) -> Tensor:
  if len(layer.magnitude) > 0:
    __torch__.linear.stretched(x, layer, seed, y, low)
    if layer.bias.numel() > 0:
      y.add_(layer.bias)
  else:
    if __torch__.linear.is_sliced(x, layer):
      __torch__.linear.slices(x, layer, y)                              # [N, O]
      if layer.bias.numel() > 0:
        y.add_(layer.bias)
    elif layer.bias.numel() > 0:
      __torch__.product.write_sum(layer.bias, x, __torch__.linear.dense(layer), y)  # [N, O]
    else:
      __torch__.product.write(x, __torch__.linear.dense(layer), y)      # [N, O]
    __torch__.linear.adapt(x, layer, seed, y, low)
  return y

# y = h + x W^T + bias: the layer that closes a residual branch.
def forward_residual(h: Tensor, x: Tensor, layer: __torch__.linear.Linear, seed: int, y: Tensor, low: Tensor) -> Tensor:
  if len(layer.magnitude) > 0:
    __torch__.linear.forward(x, layer, seed, y, low)
    y.add_(h)
  else:
    if __torch__.linear.is_sliced(x, layer):
      __torch__.linear.slices(x, layer, y).add_(h)                      # [N, O]
    else:
      __torch__.product.write_sum(h, x, __torch__.linear.dense(layer), y)  # [N, O]
    if layer.bias.numel() > 0:
      y.add_(layer.bias)
    __torch__.linear.adapt(x, layer, seed, y, low)
  return y

# Adds the updates of the adapters to y [N, O] and writes x A^T to low, [N, R].
def adapt(x: Tensor, layer: __torch__.linear.Linear, seed: int, y: Tensor, low: Tensor) -> Tensor:
  if len(layer.b) > 0:
    torch.mm(__torch__.linear.dropped(x, layer, seed), layer.a.t(), out=low)  # [N, R]
    __torch__.linear.update(low, layer, y)
  return y

# With lengths trained apart, and xd what dropout leaves of x, as PEFT orders the two:
#   y = g * z + (x - xd) W^T,   z = xd W^T + s (xd A^T) B^T
# Writes y, and xd A^T to low.
def stretched(x: Tensor, layer: __torch__.linear.Linear, seed: int, y: Tensor, low: Tensor) -> Tensor:
  weight = __torch__.linear.dense(layer)
  xd = __torch__.linear.dropped(x, layer, seed)                         # [N, I]
  __torch__.product.write(xd, weight, y)                                # [N, O]
  __torch__.linear.adapt(x, layer, seed, y, low)
  y.mul_(layer.magnitude[0].gain)
  if __torch__.linear.drops(layer, seed):
    __torch__.product.add(y, torch.sub(x, xd), weight)
  return y

# y_j += s_j low_j B_j^T
def update(low: Tensor, layer: __torch__.linear.Linear, y: Tensor) -> Tensor:
  r = 0
  for j in range(len(layer.b)):
    b = layer.b[j]
    begin = layer.first[j]
    end = r + b.size(1)
    y[:, begin:begin + b.size(0)].addmm_(low[:, r:end], b.t(), alpha=layer.scales[j])  # [N, O_j]
    r = end
  return y

# sums += s y^T x for y [N, O], x [N, I] and sums [O, I] float32. Each product is summed over the N tokens in float32 and rounded once
# to the dtype of x; to convert y and x before costs more than the product. Some rows at a time: what the next operation adds is then still
# in the cache, and the allocator keeps no room of the size of a whole matrix between what lives longer.
def add_product(sums: Tensor, y: Tensor, x: Tensor, s: float) -> Tensor:
  if y.dtype == 6:
    sums.addmm_(y.t(), x, alpha=s)                                      # [O, I]
  else:
    O, I = sums.size()
    n = max(1, 524288 // I)
    for k in range((O + n - 1) // n):
      rows = torch.mm(y[:, n * k:n * k + n].t(), x)                     # [n, I], the last time fewer
      sums[n * k:n * k + n].add_(rows, alpha=s)
  return sums

# dz = g * dy, the gradient of z; dy itself where no lengths are trained.
def backward_stretch(dy: Tensor, layer: __torch__.linear.Linear) -> Tensor:
  dz = dy
  if len(layer.magnitude) > 0:
    dz = torch.mul(dy, layer.magnitude[0].gain, out=torch.empty_like(dy))  # [N, O]
  return dz

# dm += sum over the tokens of dy * z / ||V||; z is computed again, since no one else needs it.
def backward_magnitude(dy: Tensor, x: Tensor, low: Tensor, layer: __torch__.linear.Linear, seed: int) -> Tensor:
  lengths = layer.magnitude[0]
  z = torch.empty_like(dy)                                              # [N, O]
  __torch__.product.write(__torch__.linear.dropped(x, layer, seed), __torch__.linear.dense(layer), z)
  __torch__.linear.update(low, layer, z)
  d = torch.sum(z.mul_(dy), [0], dtype=6).div_(lengths.norm)            # [O] float32
  at = 0
  for j in range(len(layer.b)):
    begin = layer.first[j]
    outputs = layer.b[j].size(0)
    lengths.grad[at:at + outputs].add_(d[begin:begin + outputs])
    at = at + outputs
  return d

# Adds the gradients of A and B to their float32 sums, and returns d(x A^T), [N, R]:
#   dlow_j = s_j dz_j B_j,   dB_j += s_j dz_j^T low_j,   dA += dlow^T dropout(x)
# dz is dy [N, O] where no lengths are trained; x is the input as forward saw it; low is what forward wrote.
def backward_adapter(dy: Tensor, x: Tensor, low: Tensor, layer: __torch__.linear.Linear, seed: int) -> Tensor:
  parts = len(layer.b)
  if len(layer.magnitude) > 0:
    __torch__.linear.backward_magnitude(dy, x, low, layer, seed)
  dz = __torch__.linear.backward_stretch(dy, layer)                     # [N, O]
  dlow = torch.empty_like(low)                                          # [N, R]
  if parts > 0:
    r = 0
    for j in range(parts):
      b = layer.b[j]
      begin = layer.first[j]
      end = r + b.size(1)
      part = dz[:, begin:begin + b.size(0)]                             # [N, O_j]
      own = dlow[:, r:end]                                              # [N, R_j]
      torch.addmm(own, part, b, beta=0, alpha=layer.scales[j], out=own)
      __torch__.linear.add_product(layer.grad_b[j], part, low[:, r:end], layer.scales[j])
      r = end
    __torch__.linear.add_product(layer.grad_a, dlow, __torch__.linear.dropped(x, layer, seed), 1.0)
  return dlow

# dx = dz W + dropout(dlow A); writes dx [N, I]. With lengths trained apart and dropout dx = dy W + dropout((dz - dy) W + dlow A).
def backward_input(dy: Tensor, dlow: Tensor, layer: __torch__.linear.Linear, seed: int, dx: Tensor) -> Tensor:
  weight = __torch__.linear.dense(layer)
  dz = __torch__.linear.backward_stretch(dy, layer)                     # [N, O]
  if len(layer.b) == 0:
    __torch__.product.write(dy, weight.t(), dx)                         # [N, I]
  elif __torch__.linear.drops(layer, seed):
    __torch__.product.write(dy, weight.t(), dx)                         # [N, I]
    through = torch.mm(dlow, layer.a)                                   # [N, I]
    if len(layer.magnitude) > 0:
      __torch__.product.add(through, torch.sub(dz, dy), weight.t())
    dx.add_(through.mul_(__torch__.dropout.mask(dx, layer.dropout, seed)))
  else:
    __torch__.product.write(dz, weight.t(), dx)                         # [N, I]
    dx.addmm_(dlow, layer.a)
  return dx

# Adds the gradients of weight and bias, in float32, where they are learned:
#   dW += dy^T x,   db += sum over the rows of dy
def backward_weight(dy: Tensor, x: Tensor, grad_weight: Tensor, grad_bias: Tensor) -> Tensor:
  if grad_weight.numel() > 0:
    __torch__.linear.add_product(grad_weight, dy, x, 1.0)
  if grad_bias.numel() > 0:
    grad_bias.add_(torch.sum(dy, [0], dtype=6))                         # [O]
  return grad_weight

# Takes ||V|| and g anew; with start, m becomes ||V|| first, so that y is what it was without lengths of its own. A row of zeros, which
# has no direction, is given one of a length that changes nothing. V is made some rows at a time in room, [e] float32, e of at least I:
# whole matrices, each of another size, are what the allocator would keep between what lives longer.
def measure(layer: __torch__.linear.Linear, start: bool, room: Tensor) -> int:
  for i in range(len(layer.magnitude)):
    lengths = layer.magnitude[i]
    weight = __torch__.linear.dense(layer)
    O, I = weight.size()
    n = room.size(0) // I
    for k in range((O + n - 1) // n):
      rows = weight[n * k:n * k + n]                                    # [n, I], the last time fewer
      v = room[0:rows.numel()].view(rows.size()).copy_(rows)
      __torch__.linear.add_updates(layer, n * k, v)
      torch.linalg_vector_norm(v, 2, [1], out=lengths.norm[n * k:n * k + n])
    lengths.norm.clamp_min_(1e-30)
    at = 0
    for j in range(len(layer.b)):
      begin = layer.first[j]
      end = begin + layer.b[j].size(0)
      m = lengths.m[at:at + end - begin]
      if start:
        m.copy_(lengths.norm[begin:end])
      torch.div(m, lengths.norm[begin:end], out=lengths.gain[begin:end])
      at = at + end - begin
  return len(layer.magnitude)

# v += s B A for v [n, I] float32, which are the rows from begin on.
def add_updates(layer: __torch__.linear.Linear, begin: int, v: Tensor) -> Tensor:
  r = 0
  for j in range(len(layer.b)):
    b = layer.b[j]
    end = r + b.size(1)
    first = begin - layer.first[j]                                      # the row of B that belongs to the first of v
    skipped = max(0, -first)
    if skipped < v.size(0) and first < b.size(0):
      part = torch.to(b[first + skipped:first + v.size(0)], 6)          # [p, R_j]
      v[skipped:skipped + part.size(0)].addmm_(part, torch.to(layer.a[r:end], 6), alpha=layer.scales[j])
    r = end
  return v
