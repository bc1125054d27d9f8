"""The chain of the GPU preprocessing report in CuPy, beside device_bench.

CLAHE (which the report runs with cv2 on the processor, and leaves out here),
gaussian_filter of sigma 0.8, threshold by uniform_filter of 11; in the report's
form (a page at a time, float) and in the best one (float32, memory pool kept).
Pages stay in the device's memory; CUDA events over more than 1 GB of rotating
noise pages.
"""

import cupy
from cupyx.scipy import ndimage

WIDTH, HEIGHT, PAGES, ROUNDS = 3840, 2160, 128, 3


def report_form(page):
    blurred = ndimage.gaussian_filter(page.astype(cupy.float64), sigma=0.8)
    mean = ndimage.uniform_filter(blurred, size=11)
    return cupy.where(blurred > mean - 2, 255, 0).astype(cupy.uint8)


def best_form(page):
    blurred = ndimage.gaussian_filter(page.astype(cupy.float32), sigma=0.8)
    mean = ndimage.uniform_filter(blurred, size=11)
    return (blurred > mean - 2).view(cupy.uint8) * cupy.uint8(255)


def microseconds(run, pages):
    run(pages[0])
    begin, end = cupy.cuda.Event(), cupy.cuda.Event()
    begin.record()
    for _ in range(ROUNDS):
        for page in pages:
            run(page)
    end.record()
    end.synchronize()
    elapsed_ms = cupy.cuda.get_elapsed_time(begin, end)
    return 1000 * elapsed_ms / (ROUNDS * len(pages))


def main():
    pages = [cupy.random.randint(0, 256, (HEIGHT, WIDTH), dtype=cupy.uint8)
             for _ in range(PAGES)]
    print(f"CuPy {cupy.__version__}: Gaussian and threshold, without CLAHE")
    print(f"  as in the report  {microseconds(report_form, pages):9.1f} us/page")
    print(f"  float32           {microseconds(best_form, pages):9.1f} us/page")


if __name__ == "__main__":
    main()
