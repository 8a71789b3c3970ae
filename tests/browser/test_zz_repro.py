import pytest
from furnish import furnish
from test_stored_scripts import CORPUS
@pytest.mark.parametrize("n", range(8))
def test_it(tmp_path, n):
    furnish(tmp_path, texts=CORPUS).house.store.close()
