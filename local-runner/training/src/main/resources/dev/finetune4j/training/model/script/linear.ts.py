# A linear layer whose outputs may be several layers side by side (query, key and value; gate and up), each of which may carry a
# low-rank adapter (LoRA, Hu et al. 2021, https://arxiv.org/abs/2106.09685):
#   y = x W^T + bias,   and for each adapted part j of the outputs   y_j += s (x A_j^T) B_j^T
# W is frozen. I inputs, O outputs, R rank, m adapted parts, O_j outputs of part j.

class Linear(NamedTuple):
  weight : Tensor          # [O, I]
  bias : Tensor            # [O], or [0] for none
  a : Tensor               # [m R, I] the A factors, one below the other
  b : List[Tensor]         # m of [O_j, R]
  first : List[int]        # first output of each adapted part
  grad_a : Tensor          # [m R, I] float32
  grad_b : List[Tensor]    # m of [O_j, R] float32
  scale : float            # s = alpha / R
  dropout : float          # rate at the input of A while training

def dropped(x: Tensor, layer: __torch__.linear.Linear, seed: int) -> Tensor:
  y = x
  if seed >= 0:
    if layer.dropout > 0.0:
      y = torch.mul(x, __torch__.dropout.mask(x, layer.dropout, seed))  # [N, I]
  return y

# Writes y and returns x A^T, [N, m R], which the backward pass needs. A negative seed means no dropout.
def forward(x: Tensor, layer: __torch__.linear.Linear, seed: int, y: Tensor) -> Tensor:
  if layer.bias.numel() > 0:
    torch.addmm(layer.bias, x, layer.weight.t(), out=y)                 # [N, O]
  else:
    torch.mm(x, layer.weight.t(), out=y)                                # [N, O]
  return __torch__.linear.adapt(x, layer, seed, y)

# y = h + x W^T + bias: the layer that closes a residual branch.
def forward_residual(h: Tensor, x: Tensor, layer: __torch__.linear.Linear, seed: int, y: Tensor) -> Tensor:
  torch.addmm(h, x, layer.weight.t(), out=y)                            # [N, O]
  if layer.bias.numel() > 0:
    y.add_(layer.bias)
  return __torch__.linear.adapt(x, layer, seed, y)

def adapt(x: Tensor, layer: __torch__.linear.Linear, seed: int, y: Tensor) -> Tensor:
  parts = len(layer.b)
  if parts == 0:
    low = torch.empty([0], dtype=x.dtype)
  else:
    low = torch.mm(__torch__.linear.dropped(x, layer, seed), layer.a.t())  # [N, m R]
    for j in range(parts):
      b = layer.b[j]
      begin = layer.first[j]
      rank = b.size(1)
      y[:, begin:begin + b.size(0)].addmm_(low[:, j * rank:(j + 1) * rank], b.t(), alpha=layer.scale)
  return low

# Adds the gradients of A and B, in float32, and returns d(x A^T), [N, m R]:
#   dlow_j = s dy_j B_j,   dB_j += s dy_j^T low_j,   dA += dlow^T x
# x is the input as forward saw it; low is what forward returned.
def backward_adapter(dy: Tensor, x: Tensor, low: Tensor, layer: __torch__.linear.Linear, seed: int) -> Tensor:
  parts = len(layer.b)
  dlow = torch.empty_like(low)
  if parts > 0:
    for j in range(parts):
      b = layer.b[j]
      begin = layer.first[j]
      rank = b.size(1)
      part = dy[:, begin:begin + b.size(0)]                             # [N, O_j]
      torch.mm(part, b, out=dlow[:, j * rank:(j + 1) * rank])
      wide = torch.to(low[:, j * rank:(j + 1) * rank], 6)
      layer.grad_b[j].addmm_(torch.to(part, 6).t(), wide, alpha=layer.scale)
    dlow.mul_(layer.scale)
    layer.grad_a.addmm_(torch.to(dlow, 6).t(), torch.to(__torch__.linear.dropped(x, layer, seed), 6))
  return dlow

# dx = dy W + dropout(dlow A); writes dx.
def backward_input(dy: Tensor, dlow: Tensor, layer: __torch__.linear.Linear, seed: int, dx: Tensor) -> Tensor:
  torch.mm(dy, layer.weight, out=dx)                                    # [N, I]
  if len(layer.b) > 0:
    keep = layer.dropout == 0.0
    if seed < 0:
      keep = True
    if keep:
      dx.addmm_(dlow, layer.a)
    else:
      through = torch.mm(dlow, layer.a)                                 # [N, I]
      dx.add_(through.mul_(__torch__.dropout.mask(dx, layer.dropout, seed)))
  return dx
